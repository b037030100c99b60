# What every change has to pass.
check:
    .ci/run

# All tests.
test:
    cargo test

# The program, with the agent in intents/.
run *arguments:
    cargo run -- {{ arguments }}

# The house's formatting.
fmt:
    cargo fmt

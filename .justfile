# What every change has to pass.
check:
    .ci/run

# All tests.
test:
    cargo test

# The program, with the agent in intents/.
run *arguments:
    cargo run -- {{ arguments }}

# Flowhook beside its peers, measured on this machine; see benches/README.md.
compare *arguments:
    cargo run --release --example compare -- {{ arguments }}

# The house's formatting.
fmt:
    cargo fmt --all

# The tests with the newest releases of all that is used, for every week. `git checkout Cargo.lock` goes back.
newest:
    cargo update
    cargo test

//! What the compiler says to somebody who gets a handler wrong.

#[test]
fn each_mistake_is_named_by_the_compiler() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}

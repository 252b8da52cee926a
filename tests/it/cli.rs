//! The command line and the README's examples, word for word.

#[test]
fn commands_print_what_the_readme_and_the_cases_say() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("tests/cli/*.toml");
}

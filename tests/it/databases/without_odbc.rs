//! A program that was built without ODBC.

use crate::common::{expect_status, iesiz};

#[test]
fn an_address_of_odbc_is_refused_by_the_name_of_what_is_missing() {
    let output = iesiz(&["scan", "odbc:DSN=shop;UID=zqx;PWD=s3cret", "--log", "trace"]);
    expect_status(&output, 2);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(
        said.contains("--features odbc") && said.contains("[connect]"),
        "{said}"
    );
    assert!(!said.contains("s3cret") && !said.contains("zqx"), "{said}");
}

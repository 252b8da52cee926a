//! A server of a test's own, which may be stopped and looked into.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Child;

use mysql::prelude::Queryable as _;
use mysql::{Conn, OptsBuilder};

use crate::common::{server, text};
use crate::in_place::server::{as_user, free_port};
use crate::in_place::until;

/// Gone when dropped.
pub(super) struct Server {
    folder: tempfile::TempDir,
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one where others can be tried too.
    pub(super) fn new(test: &str) -> Option<Self> {
        server(test, "IESIZ_TEST_MYSQL")?;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let (data, port) = (data(folder.path()), free_port());
        let made = as_user("mysql", Path::new("mariadb-install-db"), folder.path())
            .args(["--no-defaults", "--auth-root-authentication-method=normal"])
            .args(["--skip-test-db", &format!("--datadir={}", text(&data))])
            .status()
            .unwrap();
        assert!(made.success() && data.join("mysql").exists());
        let socket = folder.path().join("socket");
        let child = as_user("mysql", Path::new("/usr/sbin/mariadbd"), folder.path())
            .args(["--no-defaults", "--bind-address=127.0.0.1"])
            .args([
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=0",
            ])
            .args(["--datadir", text(&data), "--socket", text(&socket)])
            .args(["--port", &port.to_string()])
            .spawn()
            .unwrap();
        let server = Self {
            folder,
            child,
            port,
        };
        let root = || {
            OptsBuilder::new()
                .socket(socket.to_str())
                .user(Some("root"))
        };
        until(|| Conn::new(root()).is_ok());
        let mut session = Conn::new(root()).unwrap();
        for statement in [
            "create user tester@'127.0.0.1' identified by 'made-up'",
            "grant all on *.* to tester@'127.0.0.1' with grant option",
            "create database shop character set utf8mb4",
        ] {
            session.query_drop(statement).unwrap();
        }
        Some(server)
    }

    pub(super) fn data(&self) -> PathBuf {
        data(self.folder.path())
    }

    /// Of a database that it has.
    pub(super) fn address(&self) -> String {
        format!("mysql://tester:made-up@127.0.0.1:{}/shop", self.port)
    }

    pub(super) fn session(&self) -> Conn {
        Conn::new(self.address().as_str()).unwrap()
    }

    /// Stops it as usual, and waits for that.
    pub(super) fn stop(&mut self) {
        self.session().query_drop("shutdown").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A server of a test's own, which may be stopped and looked into.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Client, NoTls};

use crate::common::{expect_status, server, text};

/// Gone when dropped.
pub(super) struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    settings: String,
}

impl Server {
    /// Starts one with some `-c name=value`, where others can be tried too.
    pub(super) fn new(test: &str, settings: &str) -> Option<Self> {
        server(test, "IESIZ_TEST_POSTGRES")?;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let server = Self {
            folder,
            programs: programs(),
            port: free_port(),
            settings: settings.to_owned(),
        };
        let data = server.data();
        server.run(
            "initdb",
            &[
                "-D",
                text(&data),
                "-U",
                "tester",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
        );
        server.start();
        Some(server)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn start(&self) {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off -c shared_buffers=16MB {}",
            self.port,
            self.folder.path().display(),
            self.settings
        );
        self.run(
            "pg_ctl",
            &[
                "-D",
                text(&data),
                "-w",
                "-l",
                text(&log),
                "-o",
                &options,
                "start",
            ],
        );
    }

    /// As `pg_ctl` calls the manner: `fast`, `immediate`.
    pub(super) fn stop(&self, how: &str) {
        self.run(
            "pg_ctl",
            &["-D", text(&self.data()), "-w", "-m", how, "stop"],
        );
    }

    /// Makes a database and gives its address.
    pub(super) fn database(&self, name: &str) -> String {
        let made = format!("create database {name}");
        self.session("postgres").batch_execute(&made).unwrap();
        self.address(name)
    }

    pub(super) fn session(&self, database: &str) -> Client {
        Client::connect(&self.address(database), NoTls).unwrap()
    }

    fn address(&self, database: &str) -> String {
        format!("postgres://tester@127.0.0.1:{}/{database}", self.port)
    }

    fn run(&self, program: &str, args: &[&str]) {
        let status = self.command(program).args(args).status().unwrap();
        assert!(status.success(), "{program}");
    }

    /// Servers refuse to run as root.
    fn command(&self, program: &str) -> Command {
        as_user("postgres", &self.programs.join(program), self.folder.path())
    }
}

/// A program of a server, in a folder; it says nothing.
pub(crate) fn as_user(user: &str, program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    let nowhere = std::process::Stdio::null;
    command
        .current_dir(folder)
        .stdout(nowhere())
        .stderr(nowhere());
    command
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let stop = ["-D", text(&data), "-w", "-m", "immediate", "stop"];
        let _ = self.command("pg_ctl").args(stop).status();
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    expect_status(&output, 0);
    output.stdout == b"0\n"
}

/// Where the newest server's programs are.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.map(|version| version.unwrap().path().join("bin"));
    let mut known: Vec<PathBuf> = folders.filter(|bin| bin.join("initdb").exists()).collect();
    known.sort();
    known.pop().unwrap_or_else(|| {
        let path = std::env::var_os("PATH").unwrap();
        let mut folders = std::env::split_paths(&path);
        let found = folders.find(|folder: &PathBuf| Path::new(folder).join("initdb").exists());
        found.expect("initdb is there")
    })
}

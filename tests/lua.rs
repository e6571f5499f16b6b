//! `--lua-exec`: with the feature a script talks to the peer, without it one line says so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::process::Program;
use common::under_test;

fn nc() -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
}

#[cfg(feature = "lua")]
mod with {
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpStream};

    use super::*;

    const SCRIPT: &str = r#"
io.write("from ", os.getenv("NCAT_REMOTE_ADDR"), "\n")
for line in io.lines() do io.write(line:upper(), "\n") end
"#;

    #[test]
    fn a_script_talks_to_each_client() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script.lua");
        fs::write(&script, SCRIPT).unwrap();
        let path = script.to_str().unwrap();
        let mut server = nc().args(["-lkv", "127.0.0.1", "0", "--lua-exec", path]).start();
        let port = server.listening_port();
        for _ in 0..2 {
            let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
            client.set_read_timeout(Some(common::DEADLINE)).unwrap();
            client.write_all(b"hello\nlua\n").unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            let mut said = String::new();
            client.read_to_string(&mut said).unwrap();
            assert_eq!(said, "from 127.0.0.1\nHELLO\nLUA\n");
        }
    }

    #[test]
    fn what_is_wrong_with_a_script_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("broken.lua");
        fs::write(&script, "this is no Lua").unwrap();
        let path = script.to_str().unwrap();
        let mut server = nc().args(["-lv", "127.0.0.1", "0", "--lua-exec", path]).start();
        let port = server.listening_port();
        drop(TcpStream::connect(("127.0.0.1", port)).unwrap());
        server.wait_end();
        assert!(server.said().contains("broken.lua"), "{}", server.report());
    }
}

#[cfg(not(feature = "lua"))]
#[test]
fn without_the_feature_one_line_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.lua");
    fs::write(&script, "").unwrap();
    let path = script.to_str().unwrap();
    let mut run = nc().args(["-l", "127.0.0.1", "0", "--lua-exec", path]).start();
    run.wait_end();
    assert!(run.said().contains("built without Lua"), "{}", run.report());
    assert_ne!(run.status().as_deref(), Some("exit 0"), "{}", run.report());
}

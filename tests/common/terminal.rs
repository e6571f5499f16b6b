//! A pseudoterminal: the keyboard and the screen of a user, for a program that runs at the other side.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, tcgetattr};

use super::DEADLINE;
use super::process::{Input, Output, Program};
use super::running::Running;
use super::screen::Screen;

/// What the terminal is set to: each of these is to be the same before and after a program.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    modes: [String; 4],
    special: Vec<u8>,
    flags: OFlags,
}

/// A terminal with somebody at it.
#[derive(Debug)]
pub struct Terminal {
    keyboard: File,
    shown: Receiver<Vec<u8>>,
    screen: Vec<u8>,
    line: OwnedFd,
}

impl Terminal {
    /// A fresh terminal, as a shell finds it.
    pub fn open() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("a pseudoterminal");
        grantpt(&master).expect("its other side");
        unlockpt(&master).expect("its other side");
        let name = ptsname(&master, Vec::new()).expect("its name");
        let line = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(name.to_str().expect("a name in UTF-8"))
            .expect("its other side");
        let mut display = File::from(master.try_clone().expect("a descriptor"));
        let (show, shown) = mpsc::channel();
        // Ends when all descriptors of the other side are closed.
        thread::spawn(move || {
            let mut buffer = [0; 1 << 14];
            while let Ok(count @ 1..) = display.read(&mut buffer) {
                if show.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keyboard: File::from(master), shown, screen: Vec::new(), line: line.into() }
    }

    /// The program's side, for a descriptor of its.
    pub fn line(&self) -> OwnedFd {
        self.line.try_clone().expect("a descriptor")
    }

    /// Starts a program at this terminal: it is its input, its output and its controlling one.
    pub fn start(&self, program: Program) -> Running {
        program
            .input(Input::Descriptor(self.line()))
            .output(Output::Descriptor(self.line()))
            .at_terminal()
            .start()
    }

    /// Presses keys; Enter is `\r`.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("a keyboard");
    }

    /// Waits until the screen shows `text` and gives all that it shows; carriage returns do not show.
    pub fn wait_screen(&mut self, text: &str) -> String {
        self.wait_for(|screen| screen.contains(text))
            .unwrap_or_else(|screen| panic!("the screen does not show {text:?} but\n{screen}"))
    }

    /// Waits until what the screen shows is as wanted; gives it, as the error at the deadline.
    pub fn wait_for(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<String, String> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let screen = self.screen();
            if is_wanted(&screen) {
                return Ok(screen);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.shown.recv_timeout(left) else { return Err(screen) };
            self.screen.extend(bytes);
        }
    }

    /// What the screen shows now.
    pub fn screen(&mut self) -> String {
        while let Ok(bytes) = self.shown.recv_timeout(Duration::ZERO) {
            self.screen.extend(bytes);
        }
        String::from_utf8_lossy(&self.screen).replace('\r', "")
    }

    /// Waits until the rows of the screen are these, as a terminal of 80 columns draws them, and
    /// gives the row and column of the cursor.
    pub fn wait_rows(&mut self, rows: &[&str]) -> (usize, usize) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let screen = Screen::of(&self.screen);
            if screen.rows() == rows {
                return screen.cursor();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.shown.recv_timeout(left) else {
                panic!("the screen shows {:#?}, not {rows:#?}", screen.rows());
            };
            self.screen.extend(bytes);
        }
    }

    /// Waits until the rows of the screen are as wanted.
    pub fn wait_for_rows(&mut self, are_wanted: impl Fn(&[String]) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !are_wanted(&self.rows()) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.shown.recv_timeout(left) else {
                panic!("the screen shows {:#?}", self.rows());
            };
            self.screen.extend(bytes);
        }
    }

    /// The rows of the screen now.
    pub fn rows(&mut self) -> Vec<String> {
        self.screen();
        Screen::of(&self.screen).rows()
    }

    /// What it is set to.
    pub fn settings(&self) -> Settings {
        let termios = self.termios();
        Settings {
            modes: [
                format!("{:?}", termios.input_modes),
                format!("{:?}", termios.output_modes),
                format!("{:?}", termios.control_modes),
                format!("{:?}", termios.local_modes),
            ],
            special: SPECIAL.iter().map(|index| termios.special_codes[*index]).collect(),
            flags: fcntl_getfl(self.line.as_fd()).expect("flags"),
        }
    }

    /// The kernel's own form of the settings.
    pub fn termios(&self) -> Termios {
        tcgetattr(&self.line).expect("a terminal")
    }
}

use rustix::termios::SpecialCodeIndex as Code;
const SPECIAL: &[Code] =
    &[Code::VINTR, Code::VQUIT, Code::VERASE, Code::VKILL, Code::VEOF, Code::VTIME, Code::VMIN];

//! The house is as ARCHITECTURE.md says: its rooms are there, and an arrow only points down.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

/// The rooms of `src/` in the order of the table, the ground floor first.
fn rooms() -> Vec<String> {
    let rooms = architecture();
    let rooms = rooms.lines().filter_map(|line| line.strip_prefix("| `src/")?.split('`').next());
    rooms.map(|room| room.trim_end_matches('/').trim_end_matches(".rs").to_owned()).collect()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// Every Rust file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if is_rust(&path) {
            found.push(path);
        }
    }
}

/// Each file of `src/` with its room and what it says before its own tests.
fn sources() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let src = root().join("src");
    files(&src, &mut found);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        let room = name.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        (name, room, text)
    };
    found.into_iter().map(read).collect()
}

#[test]
fn every_room_has_its_row_and_every_row_its_room() {
    let rooms = rooms();
    assert!(rooms.len() > 10, "{rooms:?}");
    for room in &rooms {
        let there = ["", ".rs"].iter().any(|end| root().join(format!("src/{room}{end}")).exists());
        assert!(there, "{room} is not there");
    }
    for (name, room, _) in sources() {
        assert!(room == "lib" || rooms.contains(&room), "{name} is in no room");
    }
}

#[test]
fn what_the_architecture_names_is_there() {
    let text = architecture();
    let paths = text.split('`').skip(1).step_by(2).filter(|word| is_rust(Path::new(word)));
    let mut count = 0;
    for path in paths {
        let places = [root().join(path), root().join("src").join(path)];
        assert!(places.iter().any(|place| place.exists()), "{path} is not there");
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn an_arrow_only_points_down() {
    let rooms = rooms();
    let floor = |room: &str| rooms.iter().position(|known| known == room);
    let mut arrows = 0;
    for (name, room, text) in sources() {
        for mention in text.split("crate::").skip(1) {
            let end = mention.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
            let other = mention.split_at(end.unwrap_or(mention.len())).0;
            if let (Some(from), Some(to)) = (floor(&room), floor(other)) {
                assert!(to <= from, "{name} looks up to {other}");
                arrows += usize::from(to < from);
            }
        }
    }
    assert!(arrows > 500);
}

#[test]
fn which_system_it_is_asks_the_ground_floor_alone() {
    for (name, room, text) in sources() {
        assert!(room == "sys" || !text.contains("target_os"), "{name} asks for the system");
    }
}

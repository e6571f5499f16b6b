//! A command line in words.

/// Splits at blanks; what stands between single quotes is kept together.
pub fn split(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut quoted, mut inside) = (false, false);
    for letter in line.chars() {
        if letter == '\'' {
            quoted = !quoted;
            if quoted && !inside {
                words.push(String::new());
                inside = true;
            }
        } else if letter == ' ' && !quoted {
            inside = false;
        } else {
            if !inside {
                words.push(String::new());
                inside = true;
            }
            if let Some(word) = words.last_mut() {
                word.push(letter);
            }
        }
    }
    words
}

#[test]
fn quotes_keep_together_and_go() {
    assert_eq!(
        split("-l  -c 'echo one; cat' '' x'y z'"),
        ["-l", "-c", "echo one; cat", "", "xy z"]
    );
    assert!(split(" ").is_empty());
}

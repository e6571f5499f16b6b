//! What changes from run to run, ports and paths, is replaced by its name, so that two runs compare.

use std::path::Path;

use crate::stage::Stage;

/// What may stand behind a port in a message.
const PUNCTUATION: [char; 6] = [' ', '\n', ',', ')', ':', '"'];

impl Stage {
    /// Replaces what changes from run to run by its name.
    pub fn normal(&self, link: &Path, peers: &[u16], stderr: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(stderr).into_owned();
        text = text.replace(&link.display().to_string(), "nc.openbsd");
        for name in
            ["{path}", "{own}", "{file}", "{live}", "{stale}", "{long}", "{abstract}", "{dir}"]
        {
            text = text.replace(&self.names[name], name);
        }
        let mut numbers: Vec<(String, &str)> =
            peers.iter().map(|p| (p.to_string(), "{peer}")).collect();
        let ports = self.names.iter().filter(|(_, value)| value.parse::<u16>().is_ok());
        numbers.extend(ports.map(|(name, value)| (value.clone(), *name)));
        let mut normal = String::new();
        for line in text.split_inclusive('\n') {
            // The port that the listener itself was given.
            let own = ["Listening on ", "Bound on "].iter().any(|start| line.starts_with(start));
            let last = line.trim_end().rsplit(' ').next().unwrap_or_default();
            let own = own && last.parse::<u16>().is_ok();
            for word in line.split_inclusive(PUNCTUATION) {
                let bare = word.trim_end_matches(PUNCTUATION);
                let name = if own && bare == last {
                    Some("{listening}")
                } else {
                    numbers.iter().find(|(number, _)| number == bare).map(|(_, name)| *name)
                };
                // The name that mkdtemp makes up.
                let made_up = bare.strip_prefix("/tmp/nc-").and_then(|rest| rest.get(6..));
                match (name, made_up) {
                    (Some(name), _) => normal.push_str(&word.replacen(bare, name, 1)),
                    (None, Some(rest)) => {
                        normal.push_str("/tmp/nc-{made-up}");
                        normal.push_str(rest);
                        normal.push_str(&word[bare.len()..]);
                    }
                    (None, None) => normal.push_str(word),
                }
            }
        }
        normal
    }
}

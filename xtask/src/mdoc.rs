//! Writes mdoc(7): sections, tagged lists, and sentences with words between backticks.

use netcat::cli::option::{Opt, Takes};

/// Columns of a line of text in the source.
const WIDTH: usize = 78;

/// A manual page in the making.
pub struct Page(String);

impl Page {
    /// Begins a page of section 1.
    pub fn new(name: &str, date: &str) -> Self {
        let title = name.to_uppercase();
        Self(format!(
            ".\\\" Made from the option tables by xtask: change those.\n\
             .Dd {date}\n.Dt {title} 1\n.Os\n"
        ))
    }

    /// The text.
    pub fn finish(self) -> String {
        self.0
    }

    /// A line as it is: a macro with its arguments.
    pub fn line(&mut self, line: &str) -> &mut Self {
        self.0.push_str(line);
        self.0.push('\n');
        self
    }

    /// A section.
    pub fn section(&mut self, title: &str) -> &mut Self {
        self.line(&format!(".Sh {title}"))
    }

    /// A part of a section.
    pub fn part(&mut self, title: &str) -> &mut Self {
        self.line(&format!(".Ss {title}"))
    }

    /// Sentences; `-x` between backticks is an option, anything else there is literal.
    pub fn prose(&mut self, text: &str) -> &mut Self {
        let mut parts = text.split('`');
        let mut plain = parts.next().unwrap_or_default().to_owned();
        while let Some(literal) = parts.next() {
            let after = parts.next().unwrap_or_default();
            let opening = plain.ends_with('(');
            if opening {
                plain.pop();
            }
            self.plain(&plain);
            let closing: String = after.chars().take_while(|c| ".,;:)".contains(*c)).collect();
            let mut line = match literal.strip_prefix('-') {
                _ if literal == "nc" => ".Nm".to_owned(),
                Some(option) if !option.is_empty() && !option.contains(' ') => {
                    format!(".Fl {}{}", if opening { "( " } else { "" }, escaped(option))
                }
                _ => format!(".Ql {}{}", if opening { "( " } else { "" }, quoted(literal)),
            };
            for mark in closing.chars() {
                line.extend([' ', mark]);
            }
            self.line(&line);
            after.get(closing.len()..).unwrap_or_default().clone_into(&mut plain);
        }
        self.plain(&plain);
        self
    }

    /// Paragraphs.
    pub fn paragraphs(&mut self, paragraphs: &[&str]) -> &mut Self {
        for (number, paragraph) in paragraphs.iter().enumerate() {
            if number > 0 {
                self.line(".Pp");
            }
            self.prose(paragraph);
        }
        self
    }

    /// A list of tags and sentences.
    pub fn tagged<'a>(
        &mut self,
        width: &str,
        items: impl IntoIterator<Item = (String, &'a str)>,
    ) -> &mut Self {
        self.line(&format!(".Bl -tag -width {width}"));
        for (tag, text) in items {
            self.line(&format!(".It {tag}")).prose(text);
        }
        self.line(".El")
    }

    /// Sentences each on its own line, as mdoc wants it.
    fn plain(&mut self, text: &str) {
        for sentence in text.trim().replace(". ", ".\n").lines() {
            let mut line = String::new();
            for word in sentence.split_whitespace() {
                if !line.is_empty() && line.len() + word.len() >= WIDTH {
                    self.text_line(&line);
                    line.clear();
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            self.text_line(&line);
        }
    }

    /// A line that is no macro, whatever it begins with.
    fn text_line(&mut self, text: &str) {
        let guard = if text.starts_with(['.', '\'']) { "\\&" } else { "" };
        self.line(&format!("{guard}{}", escaped(text)));
    }
}

/// An option as the tag of a list: `Fl w , Fl -wait Ar TIME`.
pub fn tag(opt: &Opt) -> String {
    let letter = opt.short.map(|letter| format!("Fl {letter}"));
    let names = opt.long.into_iter().chain(opt.aliases.iter().copied());
    let names = names.map(|name| format!("Fl -{name}"));
    let mut tag = letter.into_iter().chain(names).collect::<Vec<_>>().join(" , ");
    match opt.takes {
        Takes::Nothing => {}
        Takes::Value | Takes::Rest => tag += &format!(" Ar {}", quoted(opt.metavar)),
        Takes::Attached => tag += &format!(" Ns Op = Ns Ar {}", quoted(opt.metavar)),
    }
    tag
}

/// Fit for a line of text.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => escaped += "\\e",
            letter if letter.is_ascii() => escaped.push(letter),
            letter => escaped += &format!("\\[u{:04X}]", u32::from(letter)),
        }
    }
    escaped
}

/// Fit for a line that a reader may copy: hyphens stay hyphens.
pub fn literal(text: &str) -> String {
    escaped(text).replace('-', "\\-")
}

/// One argument of a macro, whatever is in it: a mark alone would be taken for the sentence's.
pub fn quoted(text: &str) -> String {
    let is_mark = matches!(text, "." | "," | ":" | ";" | "(" | ")" | "[" | "]" | "|" | "?" | "!");
    let guard = if is_mark { "\\&" } else { "" };
    format!("\"{guard}{}\"", escaped(text).replace('"', "\\(dq"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_between_backticks_is_no_mark_of_the_sentence() {
        let text = Page(String::new()).prose("several with `;` in between; `a`.").0.clone();
        assert_eq!(text, "several with\n.Ql \"\\&;\"\nin between;\n.Ql \"a\" .\n");
    }
}

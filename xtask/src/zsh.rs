//! The completion for zsh.

use netcat::cli::dialect::DEFAULT;
use netcat::cli::option::{Opt, Takes};

use crate::choices::{self, Choices};

/// The file.
pub fn text() -> String {
    let mut specs = String::new();
    for opt in DEFAULT.opts {
        specs += &format!("    {} \\\n", spec(opt));
    }
    format!(
        "#compdef nc
# zsh completion for nc, made from its option table.

_nc_host() {{
    if (( ${{words[(I)-*U*]}} || ${{words[(I)--unixsock]}} )); then
        _files
    else
        _hosts
    fi
}}

_arguments -s -S \\
{specs}    '1:host, port or path:_nc_host' \\
    '*:port:_ports'
"
    )
}

/// `'*'{-w+,--wait=}'[help]:TIME: '`; every option may be repeated, for the last one wins.
fn spec(opt: &Opt) -> String {
    let (after_letter, after_name) = match opt.takes {
        Takes::Nothing => ("", ""),
        Takes::Value | Takes::Rest => ("+", "="),
        Takes::Attached => ("", "=-"),
    };
    let letter = opt.short.map(|letter| format!("-{letter}{after_letter}"));
    let name = opt.long.map(|name| format!("--{name}{after_name}"));
    let names: Vec<String> = letter.into_iter().chain(name).collect();
    let names = match names.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(",")),
    };
    let value = match (opt.takes, choices::of(opt)) {
        (Takes::Nothing, _) => String::new(),
        // A second colon: the value may be left out.
        (Takes::Attached, Choices::Words(words)) => {
            format!("::{}:({})", opt.metavar.replace(':', "\\:"), words.join(" "))
        }
        (_, Choices::Words(words)) => {
            format!(":{}:({})", opt.metavar.replace(':', "\\:"), words.join(" "))
        }
        (_, Choices::Files) => format!(":{}:_files", opt.metavar.replace(':', "\\:")),
        (_, Choices::Free) => format!(":{}: ", opt.metavar.replace(':', "\\:")),
    };
    format!("'*'{names}'[{}]{value}'", escaped(opt.help))
}

/// Fit for a specification between single quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '[' | ']' | ':' | '\\' => escaped.extend(['\\', letter]),
            '\'' => escaped += "'\\''",
            letter => escaped.push(letter),
        }
    }
    escaped
}

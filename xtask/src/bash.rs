//! The completion for bash.

use netcat::cli::dialect::DEFAULT;
use netcat::cli::option::{Opt, Takes};

use crate::choices::{self, Choices};

/// The file.
pub fn text() -> String {
    let mut cases = String::new();
    for opt in DEFAULT.opts.iter().filter(|opt| opt.takes == Takes::Value) {
        let action = match choices::of(opt) {
            Choices::Words(words) => format!("_nc_words '{}'", words.join(" ")),
            Choices::Files => "_nc_files".to_owned(),
            Choices::Free => "COMPREPLY=()".to_owned(),
        };
        cases += &format!("        {}) {action}; return ;;\n", names(opt).join(" | "));
    }
    let all: Vec<String> = DEFAULT.opts.iter().flat_map(names).collect();
    format!(
        "# bash completion for nc, made from its option table.

_nc_words() {{
    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")
}}

_nc_files() {{
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- \"${{COMP_WORDS[COMP_CWORD]}}\")
}}

_nc() {{
    local word
    case ${{COMP_WORDS[COMP_CWORD - 1]}} in
{cases}    esac
    if [[ ${{COMP_WORDS[COMP_CWORD]}} == -* ]]; then
        _nc_words '{}'
        return
    fi
    for word in \"${{COMP_WORDS[@]}}\"; do
        case $word in
        --unixsock) _nc_files; return ;;
        --*) ;;
        -*U*) _nc_files; return ;;
        esac
    done
    mapfile -t COMPREPLY < <(compgen -A hostname -- \"${{COMP_WORDS[COMP_CWORD]}}\")
}}

complete -F _nc nc
",
        all.join(" ")
    )
}

fn names(opt: &Opt) -> Vec<String> {
    let long = opt.long.map(|name| format!("--{name}"));
    opt.short.map(|letter| format!("-{letter}")).into_iter().chain(long).collect()
}

//! The manual page nc.1: sections from the tables, and prose between them.

use netcat::cli::dialect::{DEFAULT, DIALECTS};
use netcat::cli::help::STATUSES;
use netcat::cli::option::Group;

use crate::mdoc::{Page, literal, tag};
use crate::prose;

/// The forms of a command line, as mdoc. `help::FORMS` are the same for people.
const SYNOPSIS: &[&str] = &[
    "Op Ar options\n.Ar host port ...",
    "Fl l\n.Op Ar options\n.Op Ar address\n.Ar port",
    "Fl z\n.Op Ar options\n.Ar host port ...",
    "Fl U\n.Op Fl l\n.Op Ar options\n.Ar path",
    "Fl f Ar file\n.Op Ar options",
    "Cm cert\n.Op Ar options\n.Ar host : Ns Ar port",
    "Cm http\n.Op Ar options\n.Op Ar method\n.Ar address\n.Op Ar item ...",
    "Cm serve\n.Fl -lab Cm http\n.Oo Ar address : Oc Ns Ar port",
];

/// The page.
pub fn text() -> String {
    let mut page = Page::new("nc", prose::DATE);
    page.section("NAME").line(".Nm nc").line(".Nd connect to the network, and listen to it");
    page.section("SYNOPSIS");
    for form in SYNOPSIS {
        page.line(".Nm").line(&format!(".{form}"));
    }
    page.section("DESCRIPTION").paragraphs(prose::DESCRIPTION);
    page.section("HOSTS, PORTS AND TIMES").paragraphs(prose::OPERANDS);
    page.section("OPTIONS");
    for group in Group::ALL {
        page.part(group.heading());
        let opts = DEFAULT.opts.iter().filter(|opt| opt.group == group);
        page.tagged("Ds", opts.map(|opt| (tag(opt), opt.manual)));
    }
    page.section("EDITING LINES").paragraphs(prose::EDITING);
    let keys = prose::KEYS.iter().map(|(keys, text)| ((*keys).to_owned(), *text));
    page.tagged("Alt-Backspace", keys).line(".Pp").prose(prose::HISTORY);
    dialects(&mut page);
    page.section("ENVIRONMENT");
    let variables = prose::ENVIRONMENT.iter();
    page.tagged("POSIXLY_CORRECT", variables.map(|(name, text)| (format!("Ev {name}"), *text)));
    page.section("SIGNALS").paragraphs(prose::SIGNALS);
    page.section("EXIT STATUS").prose(prose::STATUS);
    let statuses = STATUSES.iter().map(|(status, meaning)| (status.to_string(), *meaning));
    page.tagged("Ds", statuses).line(".Pp").prose(prose::STATUS_CLASSIC);
    page.section("JSON EVENTS").paragraphs(prose::JSON);
    page.section("EXAMPLES");
    for (number, (purpose, command)) in prose::EXAMPLES.iter().enumerate() {
        if number > 0 {
            page.line(".Pp");
        }
        page.prose(purpose).line(&format!(".Dl {}", literal(command)));
    }
    page.section("SEE ALSO");
    for (number, (name, section)) in prose::SEE_ALSO.iter().enumerate() {
        let comma = if number + 1 < prose::SEE_ALSO.len() { " ," } else { "" };
        page.line(&format!(".Xr {name} {section}{comma}"));
    }
    page.section("STANDARDS").prose(prose::STANDARDS);
    page.finish()
}

fn dialects(page: &mut Page) {
    page.section("DIALECTS").paragraphs(prose::DIALECTS);
    let rows = DIALECTS.iter().map(|dialect| (format!("Cm {}", dialect.name), dialect.summary));
    page.tagged("openbsd", rows);
    page.line(".Pp").prose(prose::EVERY_DIALECT);
    for (name, differences) in prose::DIFFERENCES {
        let Some(dialect) = DIALECTS.iter().find(|dialect| dialect.name == *name) else {
            continue;
        };
        page.part(&format!("The {name} dialect"));
        let shown = dialect.opts.iter().filter(|opt| !opt.manual.is_empty());
        page.tagged("Ds", shown.map(|opt| (tag(opt), opt.manual)));
        page.line(".Pp").prose("It differs from the original:").line(".Bl -bullet");
        for difference in *differences {
            page.line(".It").prose(difference);
        }
        page.line(".El");
    }
}

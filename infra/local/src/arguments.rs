//! What the program is asked on its command line.

use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt as _};
use postern_local::Options;

/// How the program is called.
pub(crate) const USAGE: &str = "\
Usage: cargo run -- [--port 3000] [--data .postern] [--lab]
       cargo run -- --event FUNCTION/EVENT [--data .postern]
       cargo run -- invoke FUNCTION EVENT [--data .postern]
       cargo run -- verify-log EXPORT [--digest DIGEST]

  invoke         hand EVENT, which is JSON, to a function that has no route, such as create-firm or rotate-keys, on the instance that runs on
                 the folder, print what it answers, and end
  verify-log     check an export of the access log (JSON) without the network, print what is to be said of it as JSON, and end: with 0 if
                 all is as it was, with 1 if not
  --digest FILE  a digest of the bucket of digests, of which the export must tell the same chain
  --port PORT    the port of the product; the AWS endpoint takes the next one
  --data FOLDER  the folder that holds all state
  --lab          open the seams for checks: clock, events, faults, raw tables
  --event EVENT  print an event of events/, such as show-contact/good-200, that speaks of what is there on the instance that
                 runs on the folder, and end
  --openapi      print the OpenAPI document and end
  --template     write what functions declare into infra/template.yaml and Cargo.toml, and end
  --help         print this and end
";

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Ask {
    Start(Options),
    /// This event, for the instance on this folder.
    Event(String, PathBuf),
    /// What a function without a route answers to this event, on the instance on this folder.
    Invoke {
        function: String,
        event: String,
        data: PathBuf,
    },
    /// Whether this export is as it was made, and of the chain of this digest.
    VerifyLog(PathBuf, Option<PathBuf>),
    OpenApi,
    Template,
    Help,
}

/// Reads the command line; what is wrong with it is told in a sentence.
pub(crate) fn read(mut parser: Parser) -> Result<Ask, String> {
    let mut options = Options { port: 3000, data: PathBuf::from(".postern"), lab: false, starts_at: None };
    let (mut event, mut export, mut digest, mut invoked) = (None, None, None, None);
    loop {
        match parser.next().map_err(|error| sentence(&error))? {
            None => {
                return Ok(match (event, export, invoked) {
                    (_, _, Some((function, event))) => Ask::Invoke { function, event, data: options.data },
                    (_, Some(export), _) => Ask::VerifyLog(export, digest),
                    (Some(event), ..) => Ask::Event(event, options.data),
                    (None, None, None) => Ask::Start(options),
                });
            }
            Some(Arg::Long("port")) => {
                let port = parser.value().map_err(|error| sentence(&error))?;
                options.port = port.parse().map_err(|_| format!("{} is no port: give a number from 0 to 65535.", port.display()))?;
            }
            Some(Arg::Long("data")) => options.data = parser.value().map_err(|error| sentence(&error))?.into(),
            Some(Arg::Long("event")) => event = Some(parser.value().and_then(lexopt::ValueExt::string).map_err(|error| sentence(&error))?),
            Some(Arg::Value(word)) if word == "verify-log" && export.is_none() => {
                export = Some(parser.value().map_err(|_| "verify-log needs the file of an export.".to_owned())?.into());
            }
            Some(Arg::Value(word)) if word == "invoke" && invoked.is_none() => {
                let mut word =
                    |needed: &str| parser.value().and_then(lexopt::ValueExt::string).map_err(|_| format!("invoke needs {needed}."));
                invoked = Some((word("the name of a function")?, word("an event")?));
            }
            Some(Arg::Long("digest")) => digest = Some(parser.value().map_err(|error| sentence(&error))?.into()),
            Some(Arg::Long("lab")) => options.lab = true,
            Some(Arg::Long("openapi")) => return Ok(Ask::OpenApi),
            Some(Arg::Long("template")) => return Ok(Ask::Template),
            Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Ask::Help),
            Some(unknown) => return Err(sentence(&unknown.unexpected())),
        }
    }
}

fn sentence(error: &lexopt::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("{}{}.", first.into_iter().collect::<String>(), letters.as_str())
}

//! The words of a code sent as a text message, made to fit one part.

use askama::Template;

use crate::{
    code::Code,
    gsm::{PART, cut, septets, spell},
    mail::render,
    origin_host::OriginHost,
};

/// How many septets of a longer firm name are worth more than the time and the phone.
const NAME_WORTH_KEEPING: usize = 16;

#[derive(Clone, Copy, Template)]
#[template(path = "code_sms.txt")]
struct Sms<'a> {
    firm: &'a str,
    code: &'a str,
    asked: Option<&'a str>,
    phone: Option<&'a str>,
    host: &'a OriginHost,
}

impl Code<'_> {
    /// The text message: one GSM-7 part of at most 160 septets, whose last line is exactly `@host #code`.
    ///
    /// The firm's name is spelled in the GSM alphabet and cut where it must be; with a long host the time of asking,
    /// then the phone are left out, then the end of the firm's name; the rest always stands.
    pub fn sms(&self, host: &OriginHost) -> String {
        let name = match spell(self.letterhead.firm) {
            // Nothing readable of the name is within the alphabet's reach: the person still learns what this is about.
            spelled if !spelled.contains(char::is_alphanumeric) => "Your accountant".to_owned(),
            spelled => spelled,
        };
        let time = self.letterhead.time(&self.asked_at);
        let phone = self.letterhead.phone_to_read().map(|phone| spell(&phone));
        let (asked, phone) = (Some(time.as_str()), phone.as_deref());

        let wanted = septets(&name).map_or(NAME_WORTH_KEEPING, |length| length.min(NAME_WORTH_KEEPING));
        let bare = Sms { firm: "", code: self.code, asked: None, phone: None, host };
        let full = [Sms { asked, phone, ..bare }, Sms { phone, ..bare }];
        let chosen = full.into_iter().find(|sms| sms.room() >= wanted).unwrap_or(bare);
        render(&Sms { firm: cut(&name, chosen.room()), ..chosen })
    }
}

impl Sms<'_> {
    /// The septets that are left for the firm's name.
    fn room(&self) -> usize {
        septets(&render(self)).map_or(0, |used| PART.saturating_sub(used))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::letterhead::Letterhead;

    const AWS_HOST: &str = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";

    fn text(firm: &str, phone: Option<&str>, origin: &str, code: &str) -> String {
        let letterhead = Letterhead { firm, phone, ..Letterhead::sample() };
        Code { letterhead, code, ..Code::sample() }.sms(&OriginHost::parse(origin).expect("a host"))
    }

    #[test]
    fn an_ordinary_firm_on_an_address_from_aws_loses_nothing() {
        assert_eq!(
            text("Smith & Jones CPA", Some("+12525885772"), AWS_HOST, "012345"),
            "Smith & Jones CPA: code 012345, asked 10:41 AM EST. Lasts 10 min. Do not share it. Help: 252-588-5772\n\
             @a1b2c3d4e5.execute-api.us-east-1.amazonaws.com #012345"
        );
    }

    #[test]
    fn the_time_gives_way_before_the_phone_and_the_phone_before_the_name() {
        let host = |length: usize| format!("https://{}", "h".repeat(length));
        let long = text("Smith & Jones CPA", Some("+12525885772"), &host(60), "123456");
        assert!(long.starts_with("Smith & Jones CPA: code 123456. Lasts 10 min. Do not share it. Help: 252-588-5772\n"));
        let longest = text("Smith & Jones CPA", Some("+12525885772"), &host(OriginHost::MAX), "123456");
        assert!(longest.starts_with("Smith & Jones CPA: code 123456. Lasts 10 min. Do not share it.\n"), "{longest}");
    }

    #[test]
    fn a_name_that_can_not_be_spelled_still_says_who_writes() {
        assert!(text("\u{200b}", None, AWS_HOST, "123456").starts_with("Your accountant: code 123456"));
    }

    proptest! {
        #[test]
        fn every_text_message_is_one_part_and_ends_with_the_bound_code(
            firm in prop_oneof![".{0,300}", "[€{}~\\[\\]|^]{0,300}", "[A-Za-z &,.]{0,300}", "\\PC{0,300}"],
            phone in proptest::option::of(prop_oneof!["\\+1[2-9][0-9]{9}", ".{0,60}"]),
            host in "[a-z0-9][a-z0-9.-]{0,79}",
            code in "[0-9]{6}",
        ) {
            let text = text(&firm, phone.as_deref(), &format!("https://{host}"), &code);
            let length = septets(&text);
            prop_assert!(length.is_some_and(|length| length <= PART), "{length:?} {text}");
            let lines: Vec<_> = text.split('\n').collect();
            prop_assert_eq!(lines.len(), 2);
            let said = format!(": code {code}");
            prop_assert!(!lines[0].starts_with(&said), "{}", text);
            prop_assert!(lines[0].contains(&said) && lines[0].contains("Lasts 10 min. Do not share it."));
            prop_assert_eq!(lines[1], format!("@{host} #{code}"));
        }
    }
}

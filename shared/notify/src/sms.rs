//! The words of a code sent as a text message, made to fit one part.

use postern_domain::Language;

use crate::{
    code::Code,
    gsm::{NAME_WORTH_KEEPING, PART, cut, septets, spell, spelled_firm},
    origin_host::OriginHost,
};

#[derive(Clone, Copy)]
struct Sms<'a> {
    language: Language,
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
        let language = self.letterhead.language;
        let name = spelled_firm(&self.letterhead);
        let time = self.letterhead.clock(self.asked_at);
        let phone = self.letterhead.phone_to_read().map(|phone| spell(&phone));
        let (asked, phone) = (Some(time.as_str()), phone.as_deref());

        let wanted = septets(&name).map_or(NAME_WORTH_KEEPING, |length| length.min(NAME_WORTH_KEEPING));
        let bare = Sms { language, code: self.code, asked: None, phone: None, host };
        let full = [Sms { asked, phone, ..bare }, Sms { phone, ..bare }];
        let chosen = full.into_iter().find(|sms| sms.room() >= wanted).unwrap_or(bare);
        chosen.of(cut(&name, chosen.room()))
    }
}

impl Sms<'_> {
    /// The message of `firm`. The alphabet has no `ó`, so Spanish does without it.
    fn of(&self, firm: &str) -> String {
        let Self { language, code, asked, phone, host } = *self;
        let [code_is, asked_at, rest, help] = match language {
            Language::English => ["code", "asked", "Lasts 10 min. Do not share it.", "Help"],
            Language::Spanish => ["codigo", "pedido", "Vale 10 min. No lo comparta.", "Ayuda"],
        };
        let asked = asked.map_or_else(String::new, |asked| format!(", {asked_at} {asked}"));
        let phone = phone.map_or_else(String::new, |phone| format!(" {help}: {phone}"));
        format!("{firm}: {code_is} {code}{asked}. {rest}{phone}\n@{host} #{code}")
    }

    /// The septets that are left for the firm's name.
    fn room(&self) -> usize {
        septets(&self.of("")).map_or(0, |used| PART.saturating_sub(used))
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
    fn spanish_has_the_same_parts_within_the_same_alphabet() {
        let letterhead = Letterhead { language: Language::Spanish, firm: "Núñez & Peña", ..Letterhead::sample() };
        let text = Code { letterhead, ..Code::sample() }.sms(&OriginHost::parse(AWS_HOST).expect("a host"));
        assert_eq!(
            text,
            "Nuñez & Peña: codigo 012345, pedido 10:41 a.m. EST. Vale 10 min. No lo comparta. Ayuda: 252-588-5772\n\
             @a1b2c3d4e5.execute-api.us-east-1.amazonaws.com #012345"
        );
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
            (language, code_is, rest) in prop::sample::select(vec![
                (Language::English, "code", "Lasts 10 min. Do not share it."),
                (Language::Spanish, "codigo", "Vale 10 min. No lo comparta."),
            ]),
        ) {
            let letterhead = Letterhead { firm: &firm, phone: phone.as_deref(), language, ..Letterhead::sample() };
            let host_of = OriginHost::parse(&format!("https://{host}")).expect("a host");
            let text = Code { letterhead, code: &code, ..Code::sample() }.sms(&host_of);
            let length = septets(&text);
            prop_assert!(length.is_some_and(|length| length <= PART), "{length:?} {text}");
            let lines: Vec<_> = text.split('\n').collect();
            prop_assert_eq!(lines.len(), 2);
            let said = format!(": {code_is} {code}");
            prop_assert!(!lines[0].starts_with(&said), "{}", text);
            prop_assert!(lines[0].contains(&said) && lines[0].contains(rest));
            prop_assert_eq!(lines[1], format!("@{host} #{code}"));
        }
    }
}

//! Every message, word for word, and what all of them have in common.

use std::fmt::Write as _;

use postern_domain::{Language, dispatch::FactorChange};
use postern_notify::{
    Code, Detail, DetailsChanged, Entry, FactorChanged, FreshLink, HelpCall, HonestMail, Invitation, Letterhead, Mail, NewDocuments,
    OriginHost, Receipt, StaffCode, StaffInvitation,
};

/// Each mail to a contact, by the name of its snapshot.
fn mails_to_contacts(letterhead: Letterhead<'static>) -> Vec<(&'static str, Mail)> {
    let [mismatch, paused, not_set_up, too_many, closed, closed_for_links, link_only] =
        HonestMail::samples().map(|sample| HonestMail { letterhead, ..sample }.mail());
    let invitation = Invitation { letterhead, ..Invitation::sample() };
    let factor = |change| FactorChanged { letterhead, ..FactorChanged::sample(change) };
    let changed = DetailsChanged { letterhead, ..DetailsChanged::sample() };
    vec![
        ("code", Code { letterhead, ..Code::sample() }.mail(Entry::sample())),
        ("honest_mail_gate_mismatch", mismatch),
        ("honest_mail_paused", paused),
        ("honest_mail_not_set_up", not_set_up),
        ("honest_mail_too_many", too_many),
        ("honest_mail_closed", closed),
        ("honest_mail_closed_for_links", closed_for_links),
        ("honest_mail_link_only", link_only),
        ("invitation_first", invitation.mail()),
        ("invitation_resent", Invitation { resent: true, ..invitation }.mail()),
        ("new_documents", NewDocuments { letterhead, ..NewDocuments::sample() }.mail()),
        ("receipt", receipt(letterhead)),
        ("fresh_link", FreshLink { letterhead, ..FreshLink::sample() }.mail()),
        ("details_changed_email", changed.mail()),
        ("details_changed_mobile_phone", DetailsChanged { detail: Detail::MobilePhone, ..changed }.mail()),
        ("details_changed_both", DetailsChanged { detail: Detail::Both, ..changed }.mail()),
        ("factor_on", factor(&FactorChange::On).mail()),
        ("factor_off", factor(&FactorChange::Off).mail()),
        ("factor_recovery_used", factor(&FactorChange::RecoveryUsed { left: 9 }).mail()),
        ("factor_recovery_last", factor(&FactorChange::RecoveryUsed { left: 0 }).mail()),
        ("factor_reset", factor(reset()).mail()),
    ]
}

/// A receipt for documents of an invented client.
fn receipt(letterhead: Letterhead<'static>) -> Mail {
    let at = "2026-11-21T15:41:00Z".parse().expect("a timestamp");
    let clients = [("Smith Bakery LLC".to_owned(), vec![("W-2 <2025>.pdf".to_owned(), at), ("Receipt.jpg".to_owned(), at)])];
    Receipt { letterhead, contact: "J. Smith", clients: &clients }.mail()
}

/// A second factor that was reset.
fn reset() -> &'static FactorChange {
    static RESET: std::sync::LazyLock<FactorChange> = std::sync::LazyLock::new(|| FactorChange::Reset { by: "Olive Owner".to_owned() });
    &RESET
}

fn all_mails(letterhead: Letterhead<'static>) -> Vec<(&'static str, Mail)> {
    let mut mails = mails_to_contacts(letterhead);
    mails.push(("staff_code", StaffCode { letterhead, ..StaffCode::sample() }.mail(Entry::sample())));
    mails.push(("staff_invitation", StaffInvitation { letterhead, ..StaffInvitation::sample() }.mail()));
    mails.push(("details_changed_of_staff", DetailsChanged { letterhead, ..DetailsChanged::sample() }.mail_to_staff()));
    mails.push(("help_call", HelpCall { letterhead, ..HelpCall::sample() }.mail()));
    mails.push(("help_call_of_stranger", HelpCall { letterhead, ..HelpCall::sample_of_stranger() }.mail()));
    mails.push(("factor_reset_staff", FactorChanged { letterhead, ..FactorChanged::sample(reset()) }.mail_to_staff()));
    mails
}

/// The letterheads of an invented firm, by the language in which it writes.
fn letterheads() -> [(Language, Letterhead<'static>); 2] {
    [Language::English, Language::Spanish].map(|language| (language, Letterhead { language, ..Letterhead::sample() }))
}

#[test]
fn every_mail_reads_as_reviewed() {
    for (language, letterhead) in letterheads() {
        for (name, mail) in all_mails(letterhead) {
            let mut whole = String::new();
            writeln!(whole, "{}\n\n--- text ---\n{}\n\n--- html ---\n{}", mail.subject, mail.text, mail.html).expect("writing to memory");
            insta::assert_snapshot!(format!("{name}.{}", language.tag()), whole);
        }
    }
}

#[test]
fn the_text_messages_read_as_reviewed() {
    let host = OriginHost::parse("https://portal.example.com").expect("a host");
    for (language, letterhead) in letterheads() {
        insta::assert_snapshot!(format!("code_sms.{}", language.tag()), Code { letterhead, ..Code::sample() }.sms(&host));
        insta::assert_snapshot!(format!("factor_reset_sms.{}", language.tag()), letterhead.factor_reset_text());
    }
}

#[test]
fn the_text_about_a_reset_is_one_part_however_long_the_names_are() {
    let longest = "W".repeat(120);
    for (language, firm, phone) in letterheads().into_iter().flat_map(|(language, _)| {
        [("Ann", None), (&*longest, Some("(252) 588-5772 ext. 12345")), ("^^^", Some("252-588-5772"))]
            .map(|(firm, phone)| (language, firm, phone))
    }) {
        let text = Letterhead { firm, phone, language, ..Letterhead::sample() }.factor_reset_text();
        // Only characters of the extension table take two septets, and of those only a firm's name may hold some.
        assert!(text.chars().count() + text.matches('^').count() <= 160, "{text}");
        assert!(!text.starts_with(':') && text.contains(": "), "{text}");
    }
}

#[test]
fn the_two_languages_say_the_same_with_words_of_their_own() {
    let [english, spanish] = letterheads().map(|(_, letterhead)| all_mails(letterhead));
    for ((name, english), (_, spanish)) in english.into_iter().zip(spanish) {
        let shape = |mail: &Mail| mail.text.matches("\n\n").count();
        assert_eq!(shape(&english), shape(&spanish), "{name}");
        assert!(english.html.contains("<html lang=\"en\">") && spanish.html.contains("<html lang=\"es\">"), "{name}");
        let said: Vec<_> = english.text.lines().filter(|line| line.split(' ').count() > 2).collect();
        let common: Vec<_> = spanish.text.lines().filter(|line| said.contains(line)).collect();
        assert_eq!(common, ["Smith & Jones CPA"], "{name}");
    }
}

#[test]
fn every_mail_begins_with_the_firm_and_names_its_phone() {
    for (name, mail) in letterheads().into_iter().flat_map(|(_, letterhead)| all_mails(letterhead)) {
        assert!(mail.subject.starts_with("Smith & Jones CPA"), "{name}");
        assert!(mail.text.starts_with("Smith & Jones CPA\n"), "{name}");
        let is_to_firm = name.starts_with("help_call");
        for text in [&mail.text, &mail.html] {
            assert_eq!(text.contains("252-588-5772"), !is_to_firm, "{name}: the firm is not told to call itself");
        }
    }
}

#[test]
fn every_mail_to_a_contact_ends_with_whom_it_is_for() {
    for (language, letterhead) in letterheads() {
        let ending = match language {
            Language::English => "This is for J. Smith. Someone else needs access? Reply and we will set them up.",
            Language::Spanish => "Este correo es para J. Smith. ¿Otra persona necesita acceso? Responda y se lo damos.",
        };
        for (name, mail) in mails_to_contacts(letterhead) {
            assert!(mail.text.ends_with(ending) && mail.html.contains(ending), "{name}");
        }
    }
}

#[test]
fn the_code_stands_in_no_subject_and_in_no_debug_output() {
    let host = OriginHost::parse("https://portal.example.com").expect("a host");
    for mail in [Code::sample().mail(Entry::sample()), StaffCode::sample().mail(Entry::sample())] {
        assert!(!mail.subject.contains("012345") && !format!("{mail:?}").contains("012345"));
        assert!(mail.text.contains("\n012345\n") && mail.html.contains(">012345<"));
    }
    assert!(Code::sample().sms(&host).ends_with("\n@portal.example.com #012345"));
}

#[test]
fn names_can_break_neither_markup_nor_headers() {
    let hostile = Letterhead { firm: "<b>A</b>\r\nBcc: x", phone: Some("\"><script>"), colour: "red;\"><script>", ..Letterhead::sample() };
    for (name, mail) in all_mails(hostile) {
        assert!(!mail.html.contains("<script") && !mail.html.contains("<b>"), "{name}");
        assert!(!mail.subject.contains(['\r', '\n']), "{name}");
    }
}

#[test]
fn a_link_is_escaped_and_whole() {
    let url = "https://portal.example.com/a?b=1&c=2#t\"x";
    let mail = Invitation { url, ..Invitation::sample() }.mail();
    assert!(mail.html.contains("href=\"https://portal.example.com/a?b=1&#38;c=2#t&#34;x\""), "{}", mail.html);
    assert!(mail.text.contains(url));
    assert_eq!(mail.html.matches("<a ").count(), 1);
}

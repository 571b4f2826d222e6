//! The documents: which stands where, and what each is made of.

/// A document.
pub struct Document {
    /// Its address, with `{name}` for what varies; `NOWHERE` for the one that is shown where nothing stands.
    pub address: &'static str,
    /// What stands in it until its script runs, in `web/documents/`.
    pub body: &'static str,
    /// Its script in `web/screens/`, if it has one.
    pub screen: Option<&'static str>,
    title: &'static str,
    width: &'static str,
}

/// The address of what is shown at all others.
pub const NOWHERE: &str = "";

/// What is read or typed is as narrow as is easy on the eyes.
const NARROW: &str = "narrow";
/// The console has one frame for all its screens, as wide as its lists need.
const WIDE: &str = "wide";

/// Every document.
pub const DOCUMENTS: [Document; 20] = [
    Document { address: "/", body: "front", screen: None, title: "Postern", width: NARROW },
    screen("/{firm}", "home", "Home", NARROW),
    screen("/{firm}/sign-in", "sign-in", "Sign in", NARROW),
    link("/{firm}/link", "link", "Welcome"),
    screen("/{firm}/documents", "documents", "Documents", NARROW),
    screen("/{firm}/devices", "devices", "Where you are signed in", NARROW),
    screen("/{firm}/two-factor", "two-factor", "Two-step sign-in", NARROW),
    screen("/{firm}/staff", "staff-home", "Staff", WIDE),
    screen("/{firm}/staff/sign-in", "staff-sign-in", "Staff sign-in", NARROW),
    link("/{firm}/staff/link", "staff-link", "Welcome"),
    screen("/{firm}/staff/contacts", "staff-contacts", "Contacts", WIDE),
    screen("/{firm}/staff/contacts/new", "staff-contact-new", "New contact", WIDE),
    screen("/{firm}/staff/contacts/{contact}", "staff-contact", "Contact", WIDE),
    screen("/{firm}/staff/access-log", "staff-access-log", "Access log", WIDE),
    screen("/{firm}/staff/settings", "staff-settings", "Settings", WIDE),
    screen("/{firm}/staff/people", "staff-people", "Staff of your firm", WIDE),
    screen("/{firm}/staff/devices", "staff-devices", "Where you are signed in", WIDE),
    screen("/{firm}/staff/two-factor", "staff-two-factor", "Two-step sign-in", WIDE),
    screen("/{firm}/staff/clients/{client}/documents", "staff-documents", "Documents", WIDE),
    screen(NOWHERE, "not-found", "There is nothing at this address", NARROW),
];

const fn screen(address: &'static str, screen: &'static str, title: &'static str, width: &'static str) -> Document {
    Document { address, body: "screen", screen: Some(screen), title, width }
}

/// What stands behind the `#` of a link would be lost by a press on "Try again".
const fn link(address: &'static str, screen: &'static str, title: &'static str) -> Document {
    Document { address, body: "link", screen: Some(screen), title, width: NARROW }
}

impl Document {
    /// The stylesheets that it needs, in `web/styles/` and in this order: they become one.
    pub fn styles(&self) -> &'static [&'static str] {
        const STAFF: &[&str] = &["base", "frame", "forms", "lists", "sending", "staff", "circumstances"];
        const CLIENT: &[&str] = &["base", "frame", "forms", "lists", "sending", "circumstances"];
        if self.address.starts_with("/{firm}/staff") { STAFF } else { CLIENT }
    }

    /// The document: its body in the frame that all have.
    pub fn written(&self, frame: &str, body: &str, style: &str, script: Option<&str>) -> String {
        let script = script.map(|url| format!("<script type=\"module\" src=\"{url}\"></script>\n")).unwrap_or_default();
        let parts = [("{body}\n", body), ("{style}", style), ("{script}\n", &script), ("{width}", self.width), ("{title}", self.title)];
        parts.into_iter().fold(frame.to_owned(), |text, (name, part)| text.replace(name, part))
    }
}

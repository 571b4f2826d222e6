//! What a function can reach, by its name in each place that speaks of it.

/// A store, a secret, a sender or a setting.
pub struct Thing {
    /// What `Reach` calls it: the type of the field, or its name where the type says nothing.
    pub reach: &'static str,
    /// The variable that names it; the template calls the same thing alike, in its own letters.
    pub variable: &'static str,
    /// What the role grants: the resource, or the action where there is none; nothing for a plain setting.
    pub grant: Option<&'static str>,
    /// The crate through which it is used; none for a plain setting.
    pub package: Option<&'static str>,
}

const fn thing(reach: &'static str, variable: &'static str, grant: &'static str, package: &'static str) -> Thing {
    Thing { reach, variable, grant: Some(grant), package: Some(package) }
}

pub const THINGS: [Thing; 15] = [
    thing("Directory", "DIRECTORY_TABLE", "DirectoryTable", "postern-store"),
    thing("Access", "ACCESS_TABLE", "AccessTable", "postern-store"),
    thing("AccessLog", "ACCESS_LOG_TABLE", "AccessLogTable", "postern-store"),
    thing("Work", "WORK_TABLE", "WorkTable", "postern-store"),
    thing("Outbox", "OUTBOX_TABLE", "OutboxTable", "postern-store"),
    thing("SignInKeys", "SIGN_IN_SECRET", "SignInSecret", "postern-store"),
    thing("GateKeys", "GATE_SECRET", "GateSecret", "postern-store"),
    thing("LinkKeys", "LINK_SECRET", "LinkSecret", "postern-store"),
    thing("LogKeys", "LOG_SECRET", "LogSecret", "postern-store"),
    thing("Files", "DOCUMENTS_BUCKET", "DocumentsBucket", "postern-files"),
    thing("Mailer", "FROM_ADDRESS", "ses:SendEmail", "postern-notify"),
    thing("Texter", "SMS_ORIGINATION", "sns:Publish", "postern-notify"),
    Thing { reach: "public_origin", variable: "PUBLIC_ORIGIN", grant: None, package: None },
    Thing { reach: "storage_origin", variable: "STORAGE_ORIGIN", grant: None, package: None },
    Thing { reach: "texting", variable: "SMS_ORIGINATION", grant: None, package: None },
];

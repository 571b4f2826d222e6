//! Every number of the security policy, each with its unit and its source.

use jiff::SignedDuration;

/// Digits of a one-time code, uniform over 000000–999999 (NIST SP 800-63B-4 §3.1.3.2; OWASP ASVS 5.0 6.5.4).
pub const CODE_DIGITS: u32 = 6;
/// Life of a code, counted from its challenge (NIST SP 800-63B-4 §3.1.3.2 allows at most ten minutes).
pub const CODE_LIFE: SignedDuration = SignedDuration::from_secs(600);
/// Guesses that are compared per challenge; then the right one is refused too.
pub const GUESSES: u32 = 5;

/// Shortest time between two sendings of one code.
pub const RESEND_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// Sendings of one code after the first.
pub const RESENDS: u32 = 3;

/// Requests for a code that one email may make in [`REQUEST_WINDOW`], whatever their outcome (ASVS 5.0 6.3.8).
pub const REQUESTS: usize = 10;
/// Window in which [`REQUESTS`] are counted.
pub const REQUEST_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Different wrong gates within [`GATE_WINDOW`] that lock sign-in.
pub const GATE_FAILURES: u32 = 5;
/// Fewest of them that a firm may choose.
pub const LOCKOUT_LEAST: u32 = 3;
/// Window in which [`GATE_FAILURES`] are counted.
pub const GATE_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Wrong codes in a row, over all challenges whose code went out, that lock sign-in, for each wrong gate that does: ten by default.
pub const CODE_FAILURES_PER_GATE: u32 = 2;
/// Wrong codes in a row after which a way to sign in stays closed until staff reopen it (NIST SP 800-63B-4 §3.2.2 allows at most 100).
pub const CODE_FAILURES_MOST: u32 = 50;
/// Lengths of the silent lock, each longer than the one before; the last one again and again (NIST SP 800-63B-4 §3.2.2 allows 30 seconds to
/// one hour).
pub const LOCKS: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_mins(30),
    SignedDuration::from_mins(60),
];
/// Failures after a lock that lead to the next one.
pub const FURTHER_FAILURES: u32 = 3;
/// Time without a failure after which the next lock is the shortest again.
pub const LOCK_MEMORY: SignedDuration = SignedDuration::from_hours(12);

/// Requests for a code that one address may make at once; each takes [`ADDRESS_PAUSE`] to be forgotten, which is 30 an hour.
pub const ADDRESS_BURST: i32 = 10;
/// Time in which one request of an address is forgotten.
pub const ADDRESS_PAUSE: SignedDuration = SignedDuration::from_mins(2);
/// Requests for a code that a network (an IPv4 /24, an IPv6 /56) may make in a clock hour.
pub const NETWORK_REQUESTS: u32 = 600;

/// Time for which a browser is known in which someone signed in.
pub const KNOWN_BROWSER_LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Persons whom one browser is known by, of each audience.
pub const KNOWN_PERSONS: usize = 5;
/// Browsers in which one person may be signed in; at one more the one that has waited longest is signed out.
pub const DEVICES: u32 = 20;

/// Challenges per hour and email for which a code goes out.
pub const SENDS_PER_HOUR: usize = 5;
/// Challenges per day and email for which a code goes out.
pub const SENDS_PER_DAY: usize = 10;
/// The same per hour for staff, who sign in for their work.
pub const STAFF_SENDS_PER_HOUR: usize = 10;
/// The same per day for staff.
pub const STAFF_SENDS_PER_DAY: usize = 30;
/// Fresh links per hour and email, counted apart from codes.
pub const FRESH_LINKS_PER_HOUR: usize = 3;
/// Fresh links per day and email.
pub const FRESH_LINKS_PER_DAY: usize = 6;

/// Shortest time between two honest mails of one reason to one mailbox.
pub const HONEST_MAIL_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// Honest mails per day and mailbox whose reason shuts the person out (a lock, too many codes), and as many of all others.
pub const HONEST_MAILS_PER_DAY: usize = 3;

/// Time for which someone's call for help rests after their firm was told of one.
pub const HELP_REST: SignedDuration = HOUR;
/// Mails that tell a firm within an hour that a contact of theirs asks for help; and of all firms together.
pub const HELP_MAILS: [usize; 2] = [20, 500];
/// The same of people whose email nobody has. Anyone can invent those, and each mail is one of the quota by which all codes go.
pub const STRANGERS_HELP_MAILS: [usize; 2] = [5, 100];
/// Characters that one may write who asks for help.
pub const HELP_MESSAGE: usize = 500;

/// Mails per day that staff may send to one contact; the next is refused loudly.
pub const STAFF_MAILS_PER_DAY: usize = 20;

/// How long after an invitation another one has to be meant.
pub const INVITATION_REST: SignedDuration = SignedDuration::from_mins(5);

/// Days for which a link is a way to ask for a code, unless the firm chooses others.
pub const LINK_DAYS: u32 = 7;
/// Most days that a firm may choose for that.
pub const LINK_DAYS_MOST: u32 = 30;
/// Time in which a link's first use may open by the gate alone (NIST SP 800-63B-4 §4.2.1.2).
pub const LINK_GATE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Gates that are tried on one link, the right one among them; then that way is closed for it.
pub const LINK_GATE_TRIES: u32 = 5;
/// Wrong and right gates a day on all links of one person together; beyond it their links lead to codes alone.
pub const LINK_GATES_PER_DAY: u32 = 10;
/// Life of a way in: the link of a mail that tells why no code came. It leads to a code alone.
pub const WAY_IN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// Life of the way in of the last mail of a day, of each of both kinds of reasons: until then another may go out, so that there always is one.
pub const LAST_WAY_IN_LIFE: SignedDuration = DAY;
/// Time for which a link that has expired is still known, so that its owner can ask for a fresh one.
pub const LINK_MEMORY: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Life of the link that lets a firm's first owner in.
pub const OWNER_LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Longest pause within a session (NIST SP 800-63B-4 §2.2.3), judged to the minute, on the strict side.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(60);
/// Longest life of a session (NIST SP 800-63B-4 §2.2.3), to the second.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Most days that a session lives on a browser that the client chose to keep (NIST SP 800-63B-4 §2.1.3); a firm may choose fewer.
pub const SESSION_DAYS_MOST: u32 = 30;
/// Life of a session that still lacks its second factor.
pub const PARTIAL_SESSION_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How stale the recorded last use of a session may be.
pub const SESSION_TOUCH: SignedDuration = SignedDuration::from_mins(1);

/// Time for which a proof of who someone is counts as fresh (OWASP ASVS 5.0 7.5).
pub const STEP_UP: SignedDuration = SignedDuration::from_mins(10);

/// Seconds of a step of a second factor (RFC 6238 §4.1, with SHA-1 and six digits, which every authenticator app knows).
pub const FACTOR_STEP: u64 = 30;
/// Steps before and after the present one whose codes are taken too (RFC 6238 §5.2).
pub const FACTOR_SKEW: u64 = 1;
/// Bytes of the seed of a second factor: as many as the hash has (RFC 4226 §4 R6 recommends 160 bits).
pub const FACTOR_SEED: usize = 20;
/// Wrong codes of a second factor within [`FACTOR_WINDOW`] that lock it (OWASP ASVS 5.0 6.5.5).
pub const FACTOR_FAILURES: usize = 5;
/// Window in which [`FACTOR_FAILURES`] are counted.
pub const FACTOR_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Length of that lock.
pub const FACTOR_LOCK: SignedDuration = SignedDuration::from_mins(15);
/// Wrong codes in a row after which a second factor takes none until it is made anew.
pub const FACTOR_FAILURES_MOST: u32 = 20;
/// Seeds an hour that one person is handed out.
pub const FACTOR_ENROLMENTS: usize = 10;
/// Time for which a seed that was handed out may be confirmed: as long as the proof that it took counts as fresh.
pub const FACTOR_ENROLMENT_LIFE: SignedDuration = STEP_UP;
/// Wrong codes by which a seed that is not confirmed is given up: whoever has it in an app does not need as many.
pub const FACTOR_CONFIRMATIONS: u32 = 5;
/// Recovery codes of a second factor.
pub const RECOVERY_CODES: usize = 10;
/// Bytes of each: more than the 112 bits from which on a plain hash is enough (NIST SP 800-63B-4 §3.1.2.2).
pub const RECOVERY_CODE: usize = 16;
/// Wrong recovery codes an hour; then none is compared, whatever comes.
pub const RECOVERY_FAILURES: usize = 5;

/// Largest file in one part, in bytes (100 MiB).
pub const UPLOAD_BYTES: u64 = 100 * 1024 * 1024;
/// Uploads per contact and day.
pub const UPLOADS_PER_DAY: u32 = 500;
/// Documents that one receipt names: as many as one read of the store brings.
pub const RECEIPT_DOCUMENTS: usize = 100;
/// Receipts that a contact has mailed to themselves in a day.
pub const RECEIPTS_PER_DAY: u32 = 20;
/// Life of an upload URL.
pub const UPLOAD_URL_LIFE: SignedDuration = SignedDuration::from_secs(300);
/// Life of a download URL.
pub const DOWNLOAD_URL_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// Time for which the mail about a document that the firm sent waits for others to join it.
pub const DOCUMENTS_JOIN: SignedDuration = SignedDuration::from_mins(5);
/// Time for which an upload that was begun is waited for; its URL is good for much less.
pub const UPLOAD_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// Time for which a document that was deleted can be restored, and for which one that was refused is shown.
pub const BIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Bytes at the start of a file, and as many at its end, by which its type is judged.
pub const INSPECTED_BYTES: u64 = 64 * 1024;

/// Largest request body, in bytes (64 KiB).
pub const BODY_BYTES: usize = 64 * 1024;
/// Items on a page of a list when the caller does not say.
pub const PAGE: u16 = 50;
/// Most items on a page of a list.
pub const PAGE_MOST: u16 = 100;

/// Time for which a worker holds a message that it is sending.
pub const DISPATCH_LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Time after which a message that its stream did not bring to an end is looked for.
pub const SWEEP_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Longest pause between two tries of a message; it doubles from [`SWEEP_AFTER`] on.
pub const SWEEP_PAUSE_MOST: SignedDuration = SignedDuration::from_mins(15);
/// Tries of a text message after which its code goes by mail.
pub const TEXT_TRIES: u32 = 3;
/// Time after which a message that is not a code is no longer worth sending.
pub const DISPATCH_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Time for which a message that went out is remembered, so that what mailboxes and carriers report of it finds it. Carriers take up to three
/// days, people who mark a mail as spam weeks.
pub const REPORT_WAIT: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Time after which it is asked whether a phone that opted out takes text messages again.
pub const OPT_OUT_REST: SignedDuration = CODE_LIFE;
/// Time for which codes go by mail after a text message did not get through.
pub const TEXT_FAILURE_REST: SignedDuration = DAY;

/// Countries to which texts go, for whatever firm; a firm may allow more.
pub const TEXTED_COUNTRIES: [&str; 2] = ["US", "CA"];
/// Texts that one phone gets within an hour, from whatever firms: more are sent for whoever is paid for them (SMS pumping).
pub const PHONE_TEXTS_PER_HOUR: u32 = 5;
/// Texts that one phone gets within a day.
pub const PHONE_TEXTS_PER_DAY: u32 = 10;
/// Texts that any firm may send on a day (UTC).
pub const FIRM_TEXTS: usize = 50;
/// Texts that a firm may send on a day (UTC) for each contact, if that is more.
pub const FIRM_TEXTS_PER_CONTACT: usize = 2;

/// Time for which failures and limits of an email are remembered after the last attempt.
pub const ATTEMPTS_MEMORY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Time for which access records are kept (seven years, as US tax preparers keep their files).
pub const ACCESS_LOG_RETENTION: SignedDuration = SignedDuration::from_hours(7 * 365 * 24);

/// Time for which the entries of the log's chain are kept, from when each was chained: longer than any record that was chained then.
pub const CHAIN_RETENTION: SignedDuration = SignedDuration::from_hours((7 * 365 + 90) * 24);

/// How far apart the clocks of two functions may be.
pub const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(5);
/// Records of an export that is answered with the file itself; more of them are put into one by a worker.
pub const EXPORT_ROWS: u64 = 2_000;
/// Bytes of such an answer: Lambda takes six million, and text grows on the way.
pub const EXPORT_BYTES: usize = 4 * 1024 * 1024;
/// Time for which the file of an export is kept.
pub const EXPORT_LIFE: SignedDuration = DAY;
/// Bytes of a part of an export: the least that storage takes, beside the last.
pub const EXPORT_PART: usize = 5 * 1024 * 1024;

/// Times that the same wrong digits come from one browser before a saved password is suspected.
pub const SAVED_PASSWORD_TRIES: usize = 3;
/// Records of a contact that are looked at to find out why they cannot get in.
pub const DIAGNOSED_RECORDS: u16 = 50;
/// Records of unknown emails that are looked at for one that is a contact's but for a mistake.
pub const DIAGNOSED_UNKNOWN: u16 = 500;
/// How far back those are looked for.
pub const DIAGNOSED_PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Records that are shown in support of a verdict.
pub const EVIDENCE: usize = 10;

/// One day, for the limits that are counted by the day.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);
/// One hour, for the limits that are counted by the hour.
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);

/**
 * The sentences in English that only staff read, and with them all others.
 *
 * @import { Diagnosis, Outcome } from "../modules/api.js"
 * @import { Change } from "./changes.js"
 */

import { changeIn, changesIn } from "./changes.js";

export { words } from "./en.js";

/** What of a contact is called otherwise in the log than on pages. @type {Record<string, string>} */
const PARTS = { sort_name: "place in lists", share_mobile: "shared mobile", gate: "sign-in check", gates: "sign-in checks", overrides: "exceptions" };

export const staffWords = {
  staffTitle: "Staff",
  contacts: "Contacts",
  contactsText: "Who can get in, who cannot yet, and invitations.",
  accessLog: "Access log",
  accessLogText: "What happened at each sign-in, and what to do about it.",
  settingsCard: "How clients sign in, and what it takes.",
  search: "Search",
  all: "All",
  noneFound: "Nothing matches. Change the search or choose “All”.",
  people: "Staff",
  peopleText: "Who works in this portal, and what each may do.",

  // Staff
  peopleTitle: "Staff of your firm",
  peopleReadOnly: "Owners and admins decide who works here.",
  you: "(you)",
  role: "Role",
  roles: { owner: "Owner", admin: "Admin", staff: "Staff", viewer: "Viewer" },
  rolesTitle: "What each role may do",
  roleTexts: {
    owner: "Everything. Only owners make other owners, change and remove them.",
    admin: "All that staff do. Also decides on settings, invites colleagues, changes and removes them, but not owners.",
    staff: "Works with clients: contacts, invitations, documents, unlocking.",
    viewer: "Reads everything, documents and the access log too, and changes nothing.",
  },
  inviteColleague: "Invite a colleague",
  inviteText: "They get an email with a link, and a code each time they sign in.",
  sendInvitation: "Send the invitation",
  /** @param {string} when */
  invitedOn: (when) => `Invited ${when}, no access yet`,
  change: "Change",
  /** @param {string} name */
  changeTitle: (name) => `Change ${name}`,
  changeEnds: "Another email or role signs them out everywhere. Then they sign in again with a new code.",
  remove: "Remove",
  /** @param {string} name */
  removeTitle: (name) => `Remove ${name}?`,
  removeText: "They are signed out at once and can no longer sign in. What they did stays in the access log.",
  successor: "Who takes over what is theirs?",
  /** @param {string} name */
  removePerson: (name) => `Remove ${name}`,
  /** @param {string} name */
  unlockedColleague: (name) => `Unlocked. ${name} can sign in again at once.`,
  /** @param {string} name @param {string} successor */
  removed: (name, successor) => `${name} is removed. ${successor} takes over.`,
  emailNeeded: "Enter the email.",
  colleagueHasEmail: "A colleague has this email already.",
  lastOwner: "A firm always has an owner. Make someone else an owner first.",
  notAllowed: "Your role does not allow this. Ask an owner of your firm.",
  looksAlone: "You can read everything here. Changing it is for colleagues with another role.",

  // Contacts
  addContact: "Add a contact",
  searchLabel: "Name, email or mobile",
  statusLabel: "Portal access",
  statuses: { missing: "Missing", "never-invited": "Never invited", "never-in": "Never in", locked: "Locked", ready: "Ready" },
  status: "Status",
  sortLabel: "Sorted by",
  sorts: { name: "Name, A to Z", "-last-access": "Last access", "-invited": "Last invited", "-created": "Last added" },
  /** @param {string} count @param {string} all */
  shownOf: (count, all) => `${count} of ${all} shown.`,
  /** @param {string} count @param {string} [all] */
  lookedThrough: (count, all) => `Looked through ${count}${all ? ` of ${all}` : ""}.`,
  /** @param {number} count */
  andMore: (count) => `and ${count} more`,
  locked: "Locked",
  ready: "Ready",
  /** @param {string} what */
  missing: (what) => `Missing: ${what}`,
  missingNames: { email: "email", gate: "sign-in check", mobile: "mobile" },
  noEmail: "No email",
  noMobile: "No mobile",
  /** @param {string} when */
  lastAccess: (when) => `Last access ${when}`,
  neverAccessed: "No access yet",
  noContacts: "No contacts yet. Add the first one.",

  // The form of a contact
  newContactText: "Only the name is needed now. Email, sign-in check and mobile can follow, but without them no one gets in.",
  /** @param {string} name */
  editTitle: (name) => `Edit ${name}`,
  name: "Name",
  nameEmpty: "Enter the name.",
  nameWrong: "Enter a name of up to 120 characters.",
  /** @param {string} name */
  sortedAs: (name) => `Sorted as ${name} · Change`,
  sorted: "Sorted as",
  sortedHint: "Family name first. If you leave it empty, it follows from the name.",
  email: "Email",
  emailShort: "Email",
  mobile: "Mobile",
  mobileHint: "Codes are texted to it.",
  mobileWrong: "Enter a mobile number, like (202) 555-0173.",
  sharedMobile: "They share this mobile with someone",
  emailTaken: "Another contact has this email. Which is it?",
  mobileTaken: "Another contact has this mobile. Correct it, or tick that they share it.",
  samePerson: "It is the same person:",
  couple: "A couple shares this mailbox: add a second sign-in check to the contact that has it.",
  wrongEmail: "The email is wrong:",
  toThatContact: "Go to that contact",
  addGateThere: "Add a second sign-in check there",
  correctIt: "Correct it",
  gates: "Sign-in checks",
  gatesHint: "What the person must know before a code is sent. With two, either opens: one for each of a couple.",
  digitsStay: "The digits stay as they are.",
  newDigits: "Enter new digits",
  pinAskedFor: "They open nothing now: a PIN is asked for.",
  pinInstead: "Enter a PIN instead",
  /** @param {number} number */
  gateNumber: (number) => `Sign-in check ${number}`,
  language: "Language of their mails and text messages",
  languageShort: "Language",
  /** @param {string} language */
  languageOfFirm: (language) => `As your firm writes (${language})`,
  languages: { en: "English", es: "Spanish" },
  gateKind: "Kind",
  gateKinds: { ssn_last4: "Last 4 of SSN or tax ID", pin: "PIN" },
  digits: "Digits",
  digitsHint: { ssn_last4: "The last four.", pin: "4 to 8 digits." },
  digitsWrong: {
    ssn_last4: "Enter the last 4 digits of the SSN or tax ID, or remove this sign-in check.",
    pin: "Enter a PIN of 4 to 8 digits, or remove this sign-in check.",
  },
  gateLabel: "Label",
  gateLabelHint: "Whose it is, where there are two. For you only.",
  gateLabelWrong: "Keep the label to 60 characters.",
  gatesWrong: "Check the kind, the digits and the label of each sign-in check.",
  addGate: "Add a sign-in check",
  addSecondGate: "Add a second sign-in check",
  removeGate: "Remove this sign-in check",
  saveContact: "Add contact",
  saveChanges: "Save changes",
  saved: "Changes saved.",
  begunEarlier: "You began this earlier, and it is not saved yet.",
  startOver: "Start over",
  contactChanged: "Someone else changed this contact meanwhile. What you typed is still here, but for sign-in checks. Check it, then save again.",

  // A contact
  edit: "Edit",
  invite: "Invite",
  inviteAgain: "Invite again",
  /** @param {string} to */
  invited: (to) => `An invitation is on its way to ${to}.`,
  notReady: "Add what is missing. Then you can invite them.",
  /** @param {string} when */
  invitedTooOften: (when) => `They had many mails already. You can invite them again from ${when}.`,
  notThere: "None",
  never: "Not yet",
  invitedAt: "Invited",
  accessedAt: "Last access",
  failedAt: "Last problem",
  /** What a change ends. */
  ends: {
    all: "When you save this, they are signed out everywhere, and the links and codes sent to them so far no longer open.",
    mobile: "When you save this, codes sent to the old mobile no longer open.",
  },
  invitedJustNow: "They were invited just now. Give the mail a few minutes, or send another.",
  inviteAnyway: "Send another invitation",
  /** @param {number} count */
  found: (count) => (count === 1 ? "1 found." : `${count} found.`),
  foundMore: "There are more.",
  unlock: "Unlock",
  unlocked: "Unlocked. The client can try again at once.",
  codePathClosed: "Sign-in by code is closed after 50 wrong codes in a row",
  reopen: "Reopen sign-in by code",
  reopened: "Reopened. The client can sign in by code again.",
  factorOfContact: "Two-step sign-in",
  factorStates: { none: "Off", totp: "On, by an app" },
  resetFactor: "Reset two-step sign-in",
  resetFactorText: "Only if you are sure who asks: call them back on a number that you know. They are signed out everywhere and told by email, with your name.",
  resetFactorReason: "Why, and how you made sure",
  resetFactorHint: "For the access log. They do not see it.",
  resetFactorEmpty: "Say why.",
  resetFactorLong: "Write at most 200 characters, in one line.",
  resetFactorNow: "Reset it now",
  factorWasReset: "Reset. They are signed out everywhere, and can set it up anew.",
  signOutContact: "Sign out of all browsers",
  signedOut: "Signed out of all browsers.",
  /** @param {string} when */
  lockedUntil: (when) => `Locked until ${when}`,
  /** @param {string} when */
  locksUntil: (when) => `this one locked their sign-in until ${when}`,
  /** What keeps messages from an address, and what to do. @type {Record<string, (address: string, when: string) => string>} */
  troubles: {
    bounced: (address, when) => `Mail to ${address} came back at ${when}. Check the address with the client and correct it. If it is right, the next mail is tried anew.`,
    marked_as_spam: (address, when) =>
      `Mail to ${address} was marked as spam at ${when}. Ask the client to mark our mails as wanted, and to look for the next one among their spam too.`,
    opted_out: (address, when) =>
      `${address} takes no text messages from us: its owner answered STOP (known since ${when}). Ask them to text START to the number that our codes come from.`,
    failed: (address, when) => `A text message to ${address} did not get through at ${when}. Check that the number is right and a mobile.`,
  },
  codesByMail: "Until then, codes go by email.",
  codesByText: "Until then, codes go by text message.",
  records: "What happened",
  noRecords: "Nothing has happened yet. Attempts to get in appear here by themselves.",

  // Settings
  settings: "Settings",
  settingsText: "How clients sign in, and what each choice means for them. Every change is written into the access log.",
  settingsFixed: "Only owners and admins of your firm can change this.",
  /** @param {string} what */
  settingsChanged: (what) => `Someone else changed the settings meanwhile${what ? ` (${what})` : ""}. What you chose is still here. Check it, then save again.`,
  settingsSavedAndEnded: "Changes saved. The clients whom they concern sign in again with their next step.",
  nothingToSave: "Nothing was changed.",
  noTexting: "Text messages are not set up for this portal: all codes go by email.",
  requireMobile: "A contact needs a mobile to count as ready",
  /** @param {string} before */
  notSavedYet: (before) => `Not saved yet. Until you save, this holds: ${before}`,
  checkTitle: "Check what will change",
  looser: "This is looser than before: it takes less to get in.",
  mailAloneOpens: "Whoever reads a client’s email gets in with that alone.",
  /** @param {{ count: number, ready: number, names: string[], more: number, isAll: boolean }} out */
  putsOut: ({ count, ready, names, more, isAll }) =>
    count === 0
      ? `None of the ${ready} contacts${isAll ? "" : " looked at"} who can get in now is put out by this.`
      : `This puts out ${count} of ${ready} contacts${isAll ? "" : " looked at"} who can get in now, until you add what they lack: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  saveThis: "Yes, save this",
  endSessionsTitle: "What about clients who are signed in now?",
  endSessionsText: "This is stricter than before. It holds for every new sign-in. You can also have clients who are signed in now come in anew. Contacts with an exception of their own stay signed in.",
  saveAndEnd: "Save, and sign clients out now",
  saveAndLeave: "Save, and leave them signed in",
  /** What is chosen by words: each value with what it is called and what it means for clients. */
  questions: {
    access_mode: {
      legend: "How clients get in",
      options: {
        link_and_login: ["By links and by the sign-in page", "They use the links in our mails, or the sign-in page at any time. A code confirms that it is them."],
        link_only: [
          "By links only",
          "The sign-in page sends no codes. It mails a link to the address on file, and that link leads to a code: one step more for who comes from a bookmark.",
        ],
        link_and_login_2fa: [
          "By links and by the sign-in page, always with an authenticator app",
          "Each client sets up an app once and types its six digits at each sign-in. The safest choice, and a new step for everyone.",
        ],
      },
    },
    identity_check: {
      legend: "What clients must know before a code is sent",
      options: {
        either: ["The last 4 of their SSN or tax ID, or a PIN", "Each client types what you keep for them."],
        ssn_last4: ["The last 4 of their SSN or tax ID", "A PIN works too, for who has no SSN."],
        pin: ["A PIN from you", "Clients without a PIN cannot sign in until you give them one."],
        none: ["Nothing", "Whoever knows a client’s email can have codes sent to that client. Nobody else gets them."],
      },
    },
    code_channel: {
      legend: "How codes go out",
      options: {
        sms_then_email: ["By text message, or by email if they wish", "Clients who have no mobile get them by email."],
        client_choice: ["As the client chooses each time", "They are asked before each code."],
        sms_only: ["By text message only", "Clients need a mobile, and their mailbox alone lets nobody in. A phone that answered STOP gets codes by email."],
        email_only: ["By email only", "No mobile is needed. Whoever reads a client’s mail can get in."],
      },
    },
  },
  /** What is chosen by numbers. @type {Record<"session_days" | "link_days" | "lockout_after", { label: string, option: (number: number) => string }>} */
  numbers: {
    session_days: {
      label: "A browser that a client keeps signed in stays so for",
      option: (days) => (days === 1 ? "1 day" : `${days} days`),
    },
    link_days: { label: "Links in our mails are good for", option: (days) => (days === 1 ? "1 day" : `${days} days`) },
    lockout_after: {
      label: "Sign-in pauses after so many wrong answers",
      option: (count) => `${count} (or ${2 * count} wrong codes)`,
    },
  },
  /** A change of settings, in its parts. @param {Change} change */
  changeTold(change) {
    return changeIn(this, change);
  },
  /** @param {Change[]} changes */
  changesTold(changes) {
    return changesIn(this, changes);
  },
  yesNo: /** @type {[string, string]} */ (["yes", "no"]),
  exceptions: "Exceptions for this contact",
  exceptionsHint: "In place of what your firm decides for all in its settings.",
  exceptionByLinks: "Your firm lets clients in by links only. Its sign-in page asks nobody for a code, so this contact too comes in by a link.",
  asFirm: "As your firm decides",
  // Why someone cannot get in
  sendLink: "Send a link by email",
  /** @type {Record<Diagnosis["verdict"], (values: Record<string, any>) => string>} */
  verdicts: {
    "saved-password": ({ tries }) =>
      tries > 1
        ? `The same wrong digits came ${tries} times from one browser: likely a saved password.`
        : "The browser filled in something that is no digits: likely a saved password.",
    "wrong-digits": ({ typed, tries }) =>
      ({
        check: tries > 1 ? `Wrong digits came ${tries} times.` : "Wrong digits came once.",
        code: tries > 1 ? `A wrong code came ${tries} times.` : "A wrong code came once.",
        "old-code": "A code came that was too old.",
      })[/** @type {"check" | "code" | "old-code"} */ (typed)],
    "near-email": ({ email, at }) => `Someone used ${email} (${at}), which nobody here has: likely their own with one mistake.`,
    "not-delivered": ({ why, at }) =>
      ({
        "mail-bounced": `Mail to them does not arrive (${at}).`,
        "mail-marked-as-spam": `They marked your mail as spam (${at}).`,
        "phone-opted-out": `Their phone takes no text messages (${at}).`,
        "text-failed": `A text message to them did not get through (${at}).`,
        "given-up": `A message to them could not be sent (${at}).`,
        "too-many": `Too many codes were asked for (${at}), so none is sent for a while.`,
        "text-unused": `A code went out by text message (${at}), and nobody used it.`,
        "mail-unused": `A code went out by email (${at}), and nobody used it.`,
      })[/** @type {"given-up"} */ (why)],
    // Until when stands above it.
    locked: ({ tries, one_browser: one }) => (tries > 1 ? `${tries} wrong tries came${one ? " from one browser" : ""}.` : "Too many wrong tries came."),
    closed: () => "Too many wrong codes came.",
    "second-factor": ({ why, until, at, tries }) =>
      ({
        locked: `Their two-step sign-in is locked (until ${until}) after ${tries} wrong codes of their app.`,
        closed: "Their two-step sign-in is closed after too many wrong codes of their app.",
        wrong: tries > 1 ? `The code of their app did not match ${tries} times.` : "The code of their app did not match.",
        "setup-awaited":
          tries > 0
            ? `They were asked to set up two-step sign-in (${at}), and the code of their app did not match.`
            : `They were asked to set up two-step sign-in (${at}), and did not finish.`,
        awaited: `They were asked for the code of their app (${at}), and did not give it.`,
      })[/** @type {"wrong"} */ (why)],
    "not-set-up": () => "Something is missing.",
    "not-invited": ({ expired_at: at }) => (at ? `They opened a link that is too old to work (${at}).` : "They were not invited yet."),
    "never-tried": ({ invited_at: at }) => `They were invited (${at}), and did not try yet.`,
    "in-progress": ({ since }) => `They are signing in right now (since ${since}).`,
    "nothing-to-do": ({ why, at }) =>
      ({
        entered: `They got in (${at}). Nothing to do.`,
        mended: "What kept them out was mended, and they did not try since. Nothing to do.",
        "code-arrived": `They asked for a code (${at}). It arrived, and they did not use it.`,
      })[/** @type {"mended"} */ (why)],
  },
  /** What to do about a verdict. @param {string} verdict @param {Record<string, any>} values */
  verdictAdvice: (verdict, { why, typed, tries }) =>
    ({
      "saved-password": "Ask them to try a private window, then to clear what the browser saved. Or send a link by email, which works without digits.",
      "wrong-digits": {
        check: "Compare the digits with them by phone. If ours are wrong, edit the contact.",
        code: "Ask them to type the six digits of the newest message.",
        "old-code": "Ask them to request a new code, and to use it within ten minutes.",
      }[/** @type {"code"} */ (typed)],
      "near-email": "Ask them to check how they spell their email.",
      "not-delivered": { "text-unused": "Check the mobile with them, or send a link by email.", "mail-unused": "Ask them to look among their spam.", "too-many": "Unlock, and they can ask for a code again." }[
        /** @type {"too-many"} */ (why)
      ],
      locked: "Make sure by phone that it was them. Then unlock.",
      closed: "Make sure by phone that it was them, and that nobody else reads their mail. Then reopen it.",
      "second-factor": {
        locked: "Make sure by phone that it was them. A recovery code works at once, their app again at that time. If both are gone, reset it.",
        closed: "Make sure by phone that it was them. A recovery code still works. If they have none, reset it.",
        wrong:
          "Ask them to let the phone set its clock by itself, and to use the newest entry for you in the app, or a recovery code. If that does not help, reset it.",
        "setup-awaited":
          tries > 0
            ? "Ask them to let the phone set its clock by itself, to sign in again, and to scan the new picture with the app."
            : "Ask them to install an authenticator app, to sign in again, and to scan the picture that they are shown then with the app.",
        awaited: "Ask whether they have their app at hand, or a recovery code. If both are gone, reset it.",
      }[/** @type {"wrong"} */ (why)],
      "never-tried": "Ask whether the mail is there, or invite again.",
    })[/** @type {"locked"} */ (verdict)],

  // Documents of a client
  /** @param {string} name */
  documentsOf: (name) => `Documents of ${name}`,
  /** @param {string} name */
  backTo: (name) => `Back to ${name}`,
  noDocuments: "No documents yet. What this client sends, and what you send to them, is listed here.",
  /** @param {string} client */
  seenBy: (client) => `Everyone who signs in for ${client || "this client"} will see what you send, at once.`,
  /**
   * @param {number} count
   * @param {string} client
   */
  send: (count, client) => `Send ${count === 1 ? "1 file" : `${count} files`} to ${client || "this client"}`,
  /** @param {string} when */
  receiptText: (when) => `Sent to the client on ${when}`,
  receiptNext: "They see them from now on when they sign in. You find them below at any time.",
  byOtherContact: "from another contact of this client",

  // Access log
  liveText: "Newest first. New entries appear by themselves.",
  exportCsv: "Export as CSV",
  exportJson: "Export as JSON, with proof",
  outcomeLabel: "What happened",
  outcomeGroups: {
    signIn: "Signing in",
    secondStep: "Two-step sign-in",
    messages: "Mails and text messages",
    links: "Links and invitations",
    documents: "Documents",
    office: "Your office",
  },
  periodLabel: "When",
  periods: { 1: "Today", 7: "Last 7 days", 30: "Last 30 days" },
  toContact: "Contact",
  channels: { sms: "by text message", email: "by email" },
  deliveries: {
    accepted: "taken by the mail or text service",
    delivered: "delivered to the mailbox or carrier",
    bounced: "came back",
    marked_as_spam: "marked as spam",
    unknown: "not known whether it arrived",
    failed: "refused",
  },
  /** Of a message of which nothing came back. */
  nothingMore: "nothing more is known",
  /** What came back of a message. @param {string} what @param {string} when */
  cameBack: (what, when) => `${what}, ${when}`,
  personLabel: "Name or email",
  singleSteps: "These are single steps. What came before and after stands in the log of all that happened, and with the contact.",
  /** After wrong digits. */
  corrected: "corrected",
  /** @param {string} step @param {number} count */
  times: (step, count) => `${step} (${count} times)`,
  /** @param {string} address */
  fromAddress: (address) => `IP address ${address}`,
  /** @param {string} browser */
  inBrowser: (browser) => `browser ${browser}`,
  /** What stood where nobody reads it any more. */
  erased: "[erased]",
  /** @param {string} what */
  newest: (what) => `New: ${what}`,
  /**
   * What happened, in full.
   *
   * @param {{ outcome: string, message: string, values: Record<string, unknown>, erased?: string[] }} record
   */
  told({ outcome, message, values }) {
    const { changes, staff, fields, reason } = values;
    if (Array.isArray(changes)) {
      return `${this.outcomes[/** @type {Outcome} */ (outcome)]} by ${staff}. ${changesIn(this, changes)}`;
    }
    if (outcome === "second-factor-reset") {
      return `${message}: ${reason}`;
    }
    return Array.isArray(fields) ? message.replace(fields.join(", "), fields.map((field) => PARTS[field] ?? field).join(", ")) : message;
  },
  /** @param {string} label */
  gateOf: (label) => `sign-in check: ${label}`,
  /** @type {Record<Outcome, string>} */
  outcomes: {
    "signed-in": "Signed in",
    "ssn-mismatch": "Wrong last 4 of SSN",
    "pin-mismatch": "Wrong PIN",
    "no-contact": "Unknown email",
    "not-set-up": "Contact not set up",
    "autofill-suspected": "Browser filled in a password",
    "code-mismatch": "Wrong code",
    "code-expired": "Code too old",
    locked: "Locked",
    "access-unlocked": "Unlocked by staff",
    "code-path-closed": "Sign-in by code is closed",
    "code-path-reopened": "Sign-in by code reopened by staff",
    "device-signed-out": "Signed out of a browser",
    "sessions-ended": "Signed out of all browsers",
    "code-requested": "Code requested",
    "code-requested-again": "Code requested again",
    "code-sent-sms": "Code sent by text message",
    "code-sent-email": "Code sent by email",
    "sms-opted-out": "Phone opted out of texts",
    "sms-failed": "Text message failed",
    "sms-country-not-allowed": "No texts to this country",
    "texting-not-set-up": "Texting is not set up",
    "sms-too-many-to-phone": "Too many texts to this phone",
    "sms-too-many-of-firm": "Too many texts of your firm today",
    "sms-budget-spent": "The texts of this day are used up",
    "sms-delivered": "Text message taken by the phone's carrier",
    "email-delivered": "Email taken by the recipient's mail server",
    "email-bounced": "Email came back",
    "email-returned": "Email answered by a machine",
    "email-marked-as-spam": "Email marked as spam",
    "texts-resumed": "Phone takes texts again",
    "email-rejected": "Email refused",
    "message-too-late": "Message no longer of use",
    "message-given-up": "Message could not be sent",
    "too-many-messages": "Too many messages",
    "too-many-requests": "Too many requests",
    "link-only": "Comes in by links only",
    "settings-changed": "Settings changed",
    "clients-signed-out": "All clients signed out",
    "settings-tightened": "Settings changed, clients signed out",
    "honest-mail-sent": "Told by email why no code came",
    "change-told": "Change told to the old address",
    "invite-requested": "Invitation requested",
    "invite-sent": "Invitation sent",
    "invite-resent": "Invitation sent again",
    "link-opened": "Link opened",
    "link-expired": "Link too old",
    "link-gate-mismatch": "Wrong digits on a link",
    "fresh-link-requested": "Fresh link requested",
    "fresh-link-sent": "Fresh link sent",
    "second-factor-awaited": "Second step asked for",
    "second-factor-setup-awaited": "Two-step sign-in has to be set up",
    "second-factor-accepted": "Second step passed",
    "second-factor-mismatch": "Wrong code at the second step",
    "second-factor-locked": "Second step locked",
    "second-factor-closed": "Second step closed",
    "recovery-code-used": "Recovery code used",
    "second-factor-begun": "Setting up of two-step sign-in begun",
    "second-factor-on": "Two-step sign-in switched on",
    "second-factor-off": "Two-step sign-in switched off",
    "second-factor-reset": "Two-step sign-in reset by staff",
    "second-factor-told": "Change of two-step sign-in told by email",
    "factor-reset-texted": "Reset of two-step sign-in told by SMS",
    "identity-confirmed": "Proved anew who they are",
    "signed-out": "Signed out",
    "staff-signed-in": "Staff signed in",
    "contact-created": "Contact added",
    "contact-updated": "Contact changed",
    "upload-started": "Upload started",
    "document-ready": "Document sent",
    "document-refused": "Document refused",
    "document-downloaded": "Document downloaded",
    "document-renamed": "Document renamed",
    "document-deleted": "Document deleted",
    "document-restored": "Document restored",
    "document-erased": "Document erased for good",
    "upload-given-up": "Upload never finished",
    "receipt-requested": "Receipt requested",
    "receipt-sent": "Receipt sent",
    "document-notice-requested": "Notice of new documents requested",
    "document-notice-sent": "Told by email of new documents",
    "owner-link-made": "Owner link made",
    "staff-invited": "Colleague invited",
    "staff-invite-sent": "Invitation sent to a colleague",
    "staff-updated": "Colleague changed",
    "staff-role-changed": "Role changed",
    "staff-unlocked": "Colleague unlocked",
    "staff-removed": "Colleague removed",
    "help-requested": "Client asked for help",
    "help-sent": "Firm told that help is asked for",
    "help-held": "Call for help not mailed: too many this hour",
    "log-exported": "Access log exported",
    "firm-created": "Firm created",
  },
  /** What to do about an outcome. @type {Partial<Record<Outcome, string>>} */
  advice: {
    "ssn-mismatch": "Compare the last four with your tax records by phone. If ours are wrong, edit the contact and enter them again.",
    "pin-mismatch": "Tell the client the PIN by phone, or edit the contact and enter a new one.",
    "no-contact": "Ask which email the client used. Correct it on their contact, or have them use the one on file.",
    "not-set-up": "Edit the contact and add what is missing. Then ask the client to try again.",
    "code-path-closed": "Make sure by phone that it was the client, or that nobody else reads their mail. Then press Reopen on the contact's page.",
    "autofill-suspected": "Ask the client to clear the field and type the digits by hand.",
    "code-mismatch": "Ask the client to type the six digits of the newest message.",
    "code-expired": "Ask the client to request a new code and to use it within ten minutes.",
    locked: "Make sure by phone that it was the client. Then press Unlock on the contact's page; access also opens again by itself at that time.",
    "sms-opted-out": "Ask the client to text START to the number that our codes come from, or to choose the code by email.",
    "sms-country-not-allowed": "The code went by email instead. Check the mobile, or have your administrator allow its country.",
    "texting-not-set-up": "The code went by email instead.",
    "sms-too-many-to-phone": "The code went by email instead. The phone takes texts again within a day; ask whether the client asked for all these codes.",
    "sms-too-many-of-firm": "Codes go by email until midnight UTC. Look whether the clients asked for all these codes.",
    "sms-budget-spent": "Codes go by email until midnight UTC. Tell whoever runs the portal.",
    "sms-failed": "Check that the number is right and a mobile. Until then codes go by email.",
    "email-bounced": "Check the spelling of the email with the client, and correct it on the contact. Where there is a mobile, codes go by text until then.",
    "email-returned": "The mailbox may be full, or its owner away. Call the client if it matters.",
    "email-marked-as-spam": "Ask the client to look for our mails among their spam, and to mark them as wanted.",
    "email-rejected": "Check the spelling of the email with the client, and correct it on the contact.",
    "message-too-late": "Ask the client to try again. The message had waited too long to be of use.",
    "message-given-up": "Mail or texting did not work. Ask the client to try again, or call them.",
    "too-many-messages": "The client has a mail with a button that sends a code. Or wait an hour.",
    "too-many-requests": "Ask the client to wait 15 minutes and to try once more.",
    "link-only": "The client has a mail with a link. Ask them to use that, or let them in by the sign-in page in the settings.",
    "honest-mail-sent": "The client has an email that says what went wrong. Help them if they call.",
    "help-held": "No mail told you of this call. If a contact made it, call them at the number that you have on file. Many at once from emails that nobody has are likely a stranger's.",
    "help-requested": "Call the client at the number that you have on file. What they wrote is in the mail to your contact address.",
    "link-expired": "The client can ask for a fresh link on that page, or you invite them again.",
    "link-gate-mismatch": "Compare the digits with the client by phone. They can also have a code sent instead.",
    "document-refused": "Ask the client to save it as PDF or to take a photo, and to send it again.",
    "second-factor-setup-awaited": "The client has to set up an app first. If they cannot, help them by phone, or decide another access mode for this contact.",
    "second-factor-mismatch": "Ask the client to wait for the next code of their app, or to use a recovery code.",
    "second-factor-locked": "Make sure by phone that it was the client. It opens again by itself at that time; a recovery code works at once.",
    "second-factor-closed": "Make sure by phone that it was the client. A recovery code still works; else reset two-step sign-in on the contact's page.",
  },
};

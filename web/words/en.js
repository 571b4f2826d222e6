/** All sentences in English. Plain and short: the people who read them are from 19 to 91 years old. */
export const words = {
  // Every screen
  skip: "Skip to the main content",
  menu: "Menu",
  loading: "Loading…",
  oneMoment: "One moment…",
  tryAgain: "Try again",
  needHelp: "Need help?",
  /** @param {string} firm */
  callFirm: (firm) => `Call ${firm}:`,
  askForHelp: "Or ask them for help by email",
  helpMessage: "What should they know? (optional)",
  helpTooLong: "Write at most 500 characters.",
  /** @param {string} firm */
  sendHelp: (firm) => `Ask ${firm} for help`,
  /** @param {string} firm */
  helpSent: (firm) => `${firm} is told that you need help, once an hour at most. They answer in their office hours. Is it urgent, or is there more to say? Call them.`,
  notFoundTitle: "There is nothing at this address",
  notFoundText: "Check the address, or use the link in the email from your accountant.",
  troubleTitle: "This page cannot be shown right now",
  offline: "No connection. Check that you are online, then try again.",
  unavailable: "This is not working right now. Nothing was lost. Try again in a moment.",
  gone: "It is no longer here. Load this page again.",
  notTaken: "Something here cannot be taken as it stands. Check it, then try again.",
  /** @param {string} wait */
  tooManyIn: (wait) => `That was too often in a short time. Try again in ${wait}.`,
  errorsTitle: "Please check this",
  /** @param {number} count */
  seconds: (count) => (count === 1 ? "1 second" : `${count} seconds`),
  /** @param {number} count */
  minutes: (count) => (count === 1 ? "1 minute" : `${count} minutes`),
  goOn: "Continue",
  signIn: "Sign in",
  signOut: "Sign out",

  // Browsers in which someone is signed in
  devices: "Where you are signed in",
  devicesTitle: "Where you are signed in",
  devicesText: "These are the browsers that can open your portal now. Is there one that you do not know? Sign it out.",
  unknownBrowser: "A browser that does not say its name",
  thisBrowser: "(this one)",
  /** @param {string} when @param {string} ip */
  signedInThere: (when, ip) => `Signed in ${when}${ip ? ` from ${ip}` : ""}`,
  /** @param {string} when */
  lastUsedThere: (when) => `Last used ${when}`,
  signOutThere: "Sign it out",
  signedOutThere: "It is signed out.",
  signOutAndForget: "Sign out and forget this browser",
  signOutEverywhere: "Sign out everywhere",
  cancel: "Cancel",

  wasSignedOut: "You were signed out here: after a time without use, or because your access was changed. Sign in, and you come back to where you were.",
  tookTooLong: "That took longer than ten minutes. Please sign in once more.",

  // Signing in: email
  signInTitle: "Sign in",
  signInLead: "No password needed. We send you a code.",
  emailLabel: "Your email address",
  emailEmpty: "Enter your email address.",
  emailWrong: "Enter an email address, like name@example.com.",
  /** @param {string} character */
  emailStrange: (character) => {
    const name = /[‘’ʼ]/.test(character) ? `a curly apostrophe (${character}). Type a straight one (')` : /\s/.test(character) ? "a space" : character;
    return `An email address cannot hold ${name}.`;
  },

  // Signing in: last four
  gateTitle: "One check before we send the code",
  signingInAs: "Signing in as",
  otherEmail: "Use another email address",
  gateLabel: "Last 4 of your SSN or tax ID, or the PIN from your accountant",
  pinLabel: "The PIN from your accountant",
  gateHint: "Digits only.",
  gateCut: "We need the last four only, and took the other digits away.",
  gateEmpty: "Enter the last four digits, or your PIN.",
  gateText: "These are not digits. Your browser may have filled in a saved password. Clear the field and type the digits.",
  gateLength: "Enter the last four digits, or a PIN of 4 to 8 digits.",
  codeByText: "We text the code to the mobile phone that your accountant has for you.",
  codeByEmail: "We email the code to you.",
  sendCode: "Send me a code",
  emailInstead: "Send it by email instead",
  // Where the client chooses, and where links alone lead in
  choiceTitle: "How should we send your code?",
  textMe: "Text me a code",
  emailMe: "Email me a code",
  linkOnlyLead: "You get in by a link that we email to you. No password needed.",
  emailMeALink: "Email me a link",
  linkMailedTitle: "Look in your email",
  linkMailedText: "If we know this address, a link is on its way to it. It can take a minute.",

  // Signing in: code
  codeTitle: "Enter your code",
  codeOnItsWay: "If these match our records, a code is on its way.",
  staffSignInTitle: "Staff sign-in",
  staffSignInLead: "We email you a code.",
  clientsHere: "Are you a client? Sign in here.",
  staffCodeOnItsWay: "If this is the email of someone who works here, a code is on its way to it.",
  /** @param {string} where */
  codeSentTo: (where) => `A code is on its way to ${where}.`,
  /** @param {string} time */
  askedAt: (time) => `You asked for it at ${time}. It is good for ten minutes.`,
  codeLabel: "Code",
  codeHint: "6 digits, from the text message or email.",
  codeHintMail: "6 digits, from the email.",
  codeEmpty: "Enter the code from the text message or email.",
  codeLength: "The code has 6 digits. Check it in the message.",
  /** @param {number} left */
  codeWrong: (left) => `This code does not open. Check it in the newest message. You have ${left} ${left === 1 ? "try" : "tries"} left.`,
  codeWrongOld: "This code does not open. It is more than ten minutes old: have a new one sent.",
  nothingKept: "This browser keeps nothing for this page. Leave the page open until you have typed the code.",
  cookiesOff: "Your browser does not keep cookies from us, and without them nobody stays signed in. Allow cookies for this site in its settings, or use another browser.",
  keep: "Keep me signed in on this device",
  keepHint: "For up to 30 days. Only on a device that is yours.",
  nothingYet: "No code yet?",
  /** @param {string} wait */
  againIn: (wait) => `It can take a minute to arrive. You can have it sent again in ${wait}.`,
  /** @param {string} wait */
  emailSoon: (wait) => `We will send it by email in ${wait}. Keep this page open until then.`,
  sendAgain: "Send it again",
  sentAgain: "If these match our records, it is on its way again. It is the same code.",
  sentByEmail: "If these match our records, it is on its way by email too. It is the same code. Look in your spam folder as well.",
  noMoreSends: "The code has been sent as often as it can be.",
  checkBoth: "Nothing in 2 minutes? Check the email and last four",
  checkEmail: "Nothing in 2 minutes? Check the email",
  sendToThese: "Send a new code",
  oldCode: "This code is more than ten minutes old. It may no longer open.",
  spentCodeTitle: "This code is no longer good",
  oldCodeText: "It no longer opens. Ask for a new one.",
  fiveTriesTitle: "That was five tries",
  fiveTriesText: "To keep others out, this code no longer opens. Ask for a new one.",
  newCode: "Send me a new code",

  // Links
  linkTitle: "Welcome",
  /** @param {string} firm */
  linkLead: (firm) => `This link is from ${firm}.`,
  codeFollows: "When you continue, we send you a code.",
  /** @param {string} account */
  continueAs: (account) => `Continue as ${account}`,
  notMe: "That’s not me",
  notMeTitle: "This link is for someone else",
  /** @param {string} account */
  notMeText: (account) => `It was sent to ${account}. You can close this page. Nothing was opened and nothing was changed.`,
  signInAsMyself: "Sign in with my own email",
  /** @param {string} account */
  signedInAsOther: (account) => `You are signed in here as ${account}.`,
  /** @param {string} account */
  stayAs: (account) => `Stay signed in as ${account}`,
  linkGateTitle: "One check before you go in",
  gateRejected: "These digits do not match. Check them, or have a code sent to you.",
  openPortal: "Go in",
  codeInstead: "Send me a code instead",
  goneTitle: "This link is no longer good",
  goneText: "Links in our emails last a few days. We can send a new one to the same email address.",
  goneUntold: "Open the link in the email again, or sign in with your email address.",
  freshLink: "Send me a fresh link",
  freshLinkTitle: "Look in your email",
  freshLinkText: "If this link was yours, a fresh one is on its way to the same email address. It can take a minute.",
  signInWithEmail: "Sign in with my email instead",

  // Home
  home: "Home",
  documents: "Documents",
  homeTitle: "No open requests",
  /** @param {string} firm */
  homeText: (firm) => `${firm} is not waiting for anything from you. You can send documents at any time.`,
  /** @param {string} firm */
  newFrom: (firm) => `New from ${firm}`,
  sendDocuments: "Send documents",
  signedInAs: "Signed in as",
  actingFor: "For",

  // Documents
  sendTitle: "Send documents",
  forWhom: "Who are they for?",
  forWhomEmpty: "Choose who the documents are for.",
  drop: "Drop files here, or",
  choose: "Choose files",
  chooseMore: "Choose more files",
  photo: "Take a photo",
  limits: "PDF, photos, Word, Excel or text. Up to 100 MB each.",
  /** @param {number} count */
  toSend: (count) => (count === 1 ? "1 file, not sent yet" : `${count} files, not sent yet`),
  /** @param {number} photos */
  join: (photos) => `Put the ${photos} photos into one PDF`,
  joinFailed: "These photos cannot be put into one file here. Send them as they are.",
  toSendHint: "You can give each a name by which everyone knows it.",
  /** @param {string} file */
  nameOf: (file) => `Name of ${file}`,
  /**
   * @param {string} firm
   * @param {string} client
   */
  seenBy: (firm, client) => `${firm} and everyone who signs in for ${client} will see what you send.`,
  /** @param {string} firm */
  seenByFirm: (firm) => `${firm} and everyone who signs in for that client will see what you send.`,
  /**
   * @param {number} count
   * @param {string} [client]
   */
  send: (count, client) => `Send ${count === 1 ? "1 file" : `${count} files`}${client ? ` for ${client}` : ""}`,
  remove: "Remove",
  stop: "Stop",
  underWay: "On the way",
  /** @param {string} time */
  timeLeft: (time) => `About ${time} left.`,
  waiting: "Waiting for its turn",
  reading: "Getting ready",
  /** @param {number} percent */
  sending: (percent) => `Sending, ${percent} %`,
  checking: "Checking",
  arrived: "Arrived",
  refused: "We could not take it.",
  refusedText: "It is damaged, or of a kind that cannot be taken here. Save it as PDF or take a photo, then choose it again.",
  /** Why the store does not take a document, by the server's code. */
  reasons: {
    empty: "The file is empty. Check it, then choose it again.",
    program: "It is a program, a script or a link to one, which cannot be sent here. Send the document itself, as a PDF for example.",
    mismatch: "It is not the kind of file that its name says. Open it, save it as a PDF, and send that.",
    markup: "It holds a web page. Print the page to a PDF, and send that.",
  },
  /** @param {number} count */
  failedTitle: (count) => (count === 1 ? "1 file did not arrive" : `${count} files did not arrive`),
  /** @param {number} count */
  tryAll: (count) => (count === 1 ? "Try again" : `Try all ${count} again`),
  /** @param {string} file */
  lost: (file) => `${file} did not arrive. Choose it again.`,
  /** What stands in the way of a file. */
  troubles: {
    offline: "Waiting for a connection. It goes on by itself.",
    stalled: "Nothing has moved for 30 seconds. It is tried again by itself.",
    unavailable: "This takes longer than it should. It is tried again by itself.",
    folder: "This is a folder. Open it, and choose the files in it.",
    unreadable: "The file was moved, changed or deleted after you chose it. Choose it again.",
    "too-large": "The file is larger than 100 MB. Split it or save it smaller.",
    empty: "The file is empty. Check it, then choose it again.",
    "other-account": "Someone else was signed in here meanwhile. Load this page again, then choose the file.",
    "signed-out": "You were signed out. Sign in, then choose this file again.",
    "too-many": "That was many files for one day. Try again tomorrow.",
    stopped: "You stopped it.",
  },
  /** What stood in its way to the end. */
  gaveUp: "The connection broke off.",
  /**
   * @param {number} done
   * @param {number} all
   */
  progress: (done, all) => `${done} of ${all} have arrived.`,
  /** @param {number} count */
  receiptTitle: (count) => (count === 1 ? "1 document has arrived" : `${count} documents have arrived`),
  /**
   * @param {string} firm
   * @param {string} when
   */
  receiptText: (firm, when) => `Sent to ${firm} on ${when}`,
  /** @param {string} client */
  receiptFor: (client) => `For ${client}`,
  /** @param {string} firm */
  receiptNext: (firm) => `${firm} can open what you sent from now on. You need do nothing more, and find it below at any time.`,
  print: "Print this receipt",
  mailReceipt: "Mail it to me",
  /** @param {string} to */
  receiptMailed: (to) => `It is on its way to ${to}.`,
  yourDocuments: "Your documents",
  noDocuments: "No documents yet. What you send is listed here.",
  download: "Download",
  rename: "Rename",
  /** @param {string} file */
  newName: (file) => `New name of ${file}`,
  newNameEmpty: "Type a name.",
  saveName: "Save",
  /** @param {string} file */
  renamedSaid: (file) => `It is called ${file} now.`,
  takeBack: "Take back",
  delete: "Delete",
  deletedText: "Deleted. It can be restored for 30 days.",
  /** @param {string} file */
  deletedSaid: (file) => `${file} is deleted. It can be restored for 30 days.`,
  restore: "Restore",
  /** @param {string} file */
  restoredSaid: (file) => `${file} is restored.`,
  bin: "Deleted documents",
  noneDeleted: "There is nothing that you can restore.",
  /**
   * @param {string} who
   * @param {string} when
   */
  openedBy: (who, when) => `Opened by ${who} on ${when}.`,
  /** @param {string} when */
  goesOn: (when) => `Deleted. It goes for good on ${when}.`,
  asksForPassword: "It asks for a password when it is opened. Give the password by phone, not in a mail.",
  /** Why nothing was done with a document, by the server's name for it. */
  documentTroubles: {
    "document-opened": "Your firm has opened it already. Ask them to delete it.",
    "not-yours": "Someone else sent it. Ask them, or your firm.",
    "invalid-request": "It cannot have this name. Use letters and digits, and leave the ending as it is.",
  },
  byYou: "from you",
  /** @param {string} firm */
  byFirm: (firm) => `from ${firm}`,
  byOther: "from someone who shares this account",
  more: "Show more",

  // Second factor
  twoFactor: "Two-step sign-in",
  factorTitle: "Code from your app",
  factorLead: "Open your authenticator app and type the six digits that it shows for this portal.",
  factorLabel: "Code from your app, or a recovery code",
  factorHint: "Six digits. Is your phone gone? Use one of the recovery codes that you kept.",
  /** @param {string} firm */
  factorLost: (firm) => `Neither app nor recovery codes? Call ${firm}: they can reset it for you.`,
  factorStartOver: "Start over",
  factorWrong: "That did not open. Wait for the next code in your app and type that one, or use a recovery code. Each works once.",
  factorProofWrong: "This code does not open. Check it in the newest message, or have it sent again.",
  factorCodeWrong: "That code did not match. Wait for the next one, and type that. If that does not match either, set the clock of your phone to the automatic time.",
  /** @param {string} time */
  factorPaused: (time) =>
    `That was five wrong codes. To keep others out, codes from the app are not looked at until about ${time}. A recovery code opens at once.`,
  factorKeyUsedUp: "This key no longer works: ten minutes have passed, or five codes were wrong. Set it up again: your app gets a new one. Delete the old entry in your app.",
  factorUnread: "Type the six digits, or a whole recovery code.",
  factorNeededTitle: "Set up your second step",
  /** @param {string} firm */
  factorNeeded: (firm) => `${firm} asks for a code from an app on your phone each time that you sign in. It takes two minutes to set up.`,
  factorApps: "You need an authenticator app, for example Google Authenticator, Microsoft Authenticator or 1Password.",
  factorSetUp: "Set it up",
  factorSetUpTitle: "Add this portal to your app",
  factorScan: "In your app, choose to add an account, and scan this picture.",
  factorPicture: "A QR code for your authenticator app. The same as text stands on this page.",
  factorCannotScan: "You cannot scan it?",
  factorType: "Choose to enter a key in your app, and enter this one. It is based on time.",
  factorOpenApp: "Open my authenticator app",
  factorOpenText: "If the app is on this device, it takes the key from here. Then come back and type the code that it shows. Nothing happens? Copy the key into the app.",
  factorElsewhere: "Is the app on another device?",
  factorCopyKey: "Copy the key",
  copied: "Copied.",
  copyYourself: "Your browser does not let us copy. It is marked now: copy it from there.",
  factorNewKey: "Begin again with a new key",
  factorFirstCode: "Code that your app shows now",
  factorFirstHint: "Six digits; a new code comes every 30 seconds.",
  factorSwitchOn: "Switch it on",
  factorCodesTitle: "Keep these recovery codes",
  /** @param {string} firm */
  factorCodesText: (firm) => `If your phone is gone, each of these lets you in to the portal of ${firm} once. Print them, or write them down. We cannot show them again.`,
  /** @param {{ firm: string, who?: string, when: string }} of */
  factorCodesHeading: ({ firm, who, when }) => `Recovery codes for the portal of ${firm}${who ? `, for ${who}` : ""}, made on ${when}.`,
  factorCopyCodes: "Copy them",
  factorSaveCodes: "Save them as a file",
  factorNotKept: "It is on. You were not done with keeping your recovery codes, and we cannot show them again. Set up your app once more, and you get new ones.",
  factorAgain: "Set up again, for new codes",
  factorNoCodesLeft: "Your recovery codes are lost or used? Set up an app again: that makes new ones, and the old ones no longer open.",
  factorPrint: "Print them",
  factorKept: "I have kept them",
  factorOn: "It is on: we ask for a code from your app when you sign in.",
  factorOffNow: "It is off.",
  factorOff: "With it, nobody gets in who reads your email alone: we also ask for a code from an app on your phone.",
  factorIsOn: "It is on from now on.",
  factorIsOff: "It is off from now on.",
  factorReplace: "Set up another app",
  factorSwitchOff: "Switch it off",
  factorRequired: "It cannot be switched off here. You can set up another app.",
  factorProveTitle: "First, is it you?",
  /** @param {string} wish */
  factorProveFor: (wish) => `This is for: ${wish}`,
  factorProveByApp: "Type the code that your app shows now.",
  factorProveByCode: "We send you a code, as when you sign in.",
  factorSendProof: "Send me a code",
  factorProofSent: "A code is on its way to you, by text message or email. Type it here.",
};

/** The documents of a client, and sending some to them. */

/** @import { Contact } from "../modules/api.js" */

import { inAddress } from "../modules/address-query.js";
import { Refusal, call } from "../modules/api.js";
import { documentList } from "../modules/document-list.js";
import { firm, session, start } from "../modules/page.js";
import { at, segments } from "../modules/place.js";
import { sendView } from "../modules/send-view.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

const client = segments[3];

/** The contact from whom the way led here. @type {Contact | undefined} */
let contact;

const list = documentList({
  audience: "staff",
  client,
  from: ({ by }) => {
    if ("staff" in by) {
      return words.byFirm(firm().name);
    }
    return by.contact === contact?.contact ? words.byFirm(contact.name) : staffWords.byOtherContact;
  },
  isTheirs: works,
  none: () => staffWords.noDocuments,
  changed: () => sendings.forgetReceipt(),
});

const name = () => contact?.clients.find((one) => one.client === client)?.name ?? "";

const sendings = sendView({
  audience: "staff",
  page: () => `staff:${session().staff?.staff}:${client}`,
  whose: () => ({ client, name: name() }),
  ask: () => {},
  seenBy: () => staffWords.seenBy(name()),
  button: (count) => staffWords.send(count, name()),
  receipt: (when) => staffWords.receiptText(when),
  next: () => staffWords.receiptNext,
  arrived: list.reload,
});

async function read() {
  const from = inAddress("contact");
  if (!from) {
    return;
  }
  try {
    contact = await call("get", "/api/contacts/{contact}", { audience: "staff", params: { contact: from } });
  } catch (refusal) {
    // Their documents can be shown without the name.
    if (!(refusal instanceof Refusal && ["not-found", "invalid-request"].includes(refusal.name))) {
      throw refusal;
    }
  }
}

const title = () => (name() ? staffWords.documentsOf(name()) : words.documents);

function view() {
  return html`
    <h1>${title()}</h1>
    ${contact
      ? html`<p><a class="target" href=${at(`staff/contacts/${contact.contact}`)}>${staffWords.backTo(contact.name)}</a></p>`
      : nothing}
    ${works() ? sendings.view() : html`<p>${staffWords.looksAlone}</p>`}
    <section aria-labelledby="all">
      <h2 id="all">${words.documents}</h2>
      ${list.view()}
    </section>
  `;
}

const shown = await start({ audience: "staff", session: "needed", before: read, title, view, menu: staffMenu });
if (shown) {
  await list.load();
}

/** A client's documents: sending some, and what was sent so far. */

import { clientMenu } from "../modules/client-menu.js";
import { documentList } from "../modules/document-list.js";
import { draw, drawAndFocus, firm, session, start } from "../modules/page.js";
import { sendView } from "../modules/send-view.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** For whom the files are, where there are several. @type {string | undefined} */
let chosen;
let isMissing = false;

const list = documentList({
  audience: "client",
  from: ({ by }) => {
    if ("staff" in by) {
      return words.byFirm(firm().name);
    }
    return by.contact === session().contact?.contact ? words.byYou : words.byOther;
  },
  isTheirs: ({ by }) => !("staff" in by) && by.contact === session().contact?.contact,
  of: (document) => {
    const { clients } = session();
    return (clients.length > 1 && clients.find(({ client }) => client === document.client)?.name) || "";
  },
  none: () => words.noDocuments,
  changed: () => sendings.forgetReceipt(),
});

const clientNamed = (/** @type {string | undefined} */ id) => session().clients.find(({ client }) => client === id);

const sendings = sendView({
  audience: "client",
  page: () => `client:${session().contact?.contact}`,
  whose: () => {
    const { clients } = session();
    // Named always: by now someone else may be signed in in this browser.
    return clientNamed(clients.length > 1 ? chosen : clients[0]?.client);
  },
  ask: () => {
    isMissing = true;
    drawAndFocus("input[name=client]");
  },
  choice: forWhom,
  seenBy: (whose) => (whose ? words.seenBy(firm().name, whose.name) : words.seenByFirm(firm().name)),
  button: (count, whose) => words.send(count, whose?.name),
  receipt: (when) => words.receiptText(firm().name, when),
  next: () => words.receiptNext(firm().name),
  arrived: list.reload,
});

function forWhom() {
  const { clients } = session();
  if (clients.length < 2) {
    return nothing;
  }
  return html`
    <fieldset class=${isMissing ? "wrong" : nothing} aria-describedby=${isMissing ? "client-error" : nothing}>
      <legend>${words.forWhom}</legend>
      ${isMissing ? html`<p class="error" id="client-error">${words.forWhomEmpty}</p>` : nothing}
      ${clients.map(({ client: id, name }) => {
        const choose = () => {
          chosen = id;
          isMissing = false;
          draw();
        };
        return html`
          <div class="choice">
            <input id=${id} type="radio" name="client" .checked=${chosen === id} @change=${choose} />
            <label for=${id}>${name}</label>
          </div>
        `;
      })}
    </fieldset>
  `;
}

function view() {
  return html`
    <h1>${words.sendTitle}</h1>
    ${sendings.view()}
    <section aria-labelledby="yours">
      <h2 id="yours">${words.yourDocuments}</h2>
      ${list.view()}
    </section>
  `;
}

const shown = await start({ audience: "client", session: "needed", title: () => words.sendTitle, view, menu: clientMenu });
if (shown) {
  await list.load();
}

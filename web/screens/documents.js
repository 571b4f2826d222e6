/** A client's documents: handing them over, and what was handed over so far. */

import { clientMenu } from "../modules/client-menu.js";
import { documentList } from "../modules/document-list.js";
import { handOverView } from "../modules/hand-over-view.js";
import { draw, drawAndFocus, firm, session, start } from "../modules/page.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../vendor/lit.js";

/** For whom the files are, where there are several. @type {string | undefined} */
let client;
let isMissing = false;

const list = documentList({
  audience: "client",
  from: ({ by }) => {
    if ("staff" in by) {
      return words.byFirm(firm().name);
    }
    return by.contact === session().contact?.contact ? words.byYou : words.byOther;
  },
  of: (document) => {
    const { clients } = session();
    return (clients.length > 1 && clients.find(({ client }) => client === document.client)?.name) || "";
  },
  none: () => words.noDocuments,
});

const files = handOverView({
  audience: "client",
  whose: () => {
    isMissing = session().clients.length > 1 && !client;
    if (isMissing) {
      drawAndFocus("input[name=client]");
      return undefined;
    }
    // Named always: by now someone else may be signed in in this browser.
    return { client: client ?? session().clients[0]?.client };
  },
  receipt: (when) => words.receiptText(firm().name, when),
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
          client = id;
          isMissing = false;
          draw();
          files.goOn();
        };
        return html`
          <div class="choice">
            <input id=${id} type="radio" name="client" .checked=${client === id} @change=${choose} />
            <label for=${id}>${name}</label>
          </div>
        `;
      })}
    </fieldset>
  `;
}

function view() {
  return html`
    <h1>${words.handOverTitle}</h1>
    ${forWhom()} ${files.view()}
    <section aria-labelledby="yours">
      <h2 id="yours">${words.yourDocuments}</h2>
      ${list.view()}
    </section>
  `;
}

const shown = await start({ audience: "client", session: "needed", title: () => words.handOverTitle, view, menu: clientMenu });
if (shown) {
  await list.load();
}

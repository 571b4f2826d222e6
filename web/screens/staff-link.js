/** The first door of a firm's owner: a link that opens once, by a press. */

import { dropToken, token } from "../modules/link-token.js";
import { acting } from "../modules/act.js";
import { Refusal, call } from "../modules/api.js";
import { begun, forget, pending, remember } from "../modules/challenge.js";
import { codeStep } from "../modules/code-step.js";
import { letIn } from "../modules/let-in.js";
import { drawAndFocus, firm, saying, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { goOn } from "../modules/session.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

let isGone = !token;
const act = acting();
/** What went wrong. @type {(() => string) | undefined} */
let error;
/** Whether a code was asked for with it. */
const isByCode = () => pending("staff")?.from === "link";

const code = codeStep({ audience: "staff", askAgain, doubt: () => html`` });

function open() {
  act(
    () => {
      error = undefined;
      return redeem();
    },
    (refusal) => {
      isGone = refusal.name === "link-gone";
      error = isGone ? undefined : () => saying(refusal);
      drawAndFocus("h1");
    },
  );
}

/** The code is no longer good; as long as the link is, one press brings another. */
async function askAgain() {
  try {
    await redeem();
  } catch (refusal) {
    if (!(refusal instanceof Refusal && refusal.name === "link-gone")) {
      throw refusal;
    }
    forget("staff");
    code.close();
    isGone = true;
    drawAndFocus("h1");
  }
}

async function redeem() {
  const opened = await call("post", "/api/links/redemption", { body: { token: token ?? "" } });
  if (opened.next !== "code") {
    await letIn("staff");
    dropToken();
    await goOn("staff", opened.next);
    return;
  }
  remember("staff", begun(opened, { from: "link", sentTo: opened.sent_to }));
  code.open();
}

function view() {
  if (isByCode()) {
    return code.view();
  }
  if (isGone) {
    return html`
      <h1 tabindex="-1">${words.goneTitle}</h1>
      <p><a class="button" href=${at("staff/sign-in")}>${words.signInWithEmail}</a></p>
    `;
  }
  return html`
    <h1 tabindex="-1">${words.linkTitle}</h1>
    ${error ? html`<p class="error" role="alert">${error()}</p>` : nothing}
    <p>${words.linkLead(firm().name)}</p>
    <button type="button" aria-disabled=${act.isBusy} @click=${open}>${act.isBusy ? words.oneMoment : words.goOn}</button>
  `;
}

const shown = await start({
  audience: "staff",
  session: "ignored",
  title: () => (isByCode() ? code.title() : isGone ? words.goneTitle : words.linkTitle),
  view,
});
if (shown && isByCode()) {
  code.open();
}

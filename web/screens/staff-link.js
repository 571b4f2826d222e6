/** The first door of a firm's owner: a link that opens once, by a press. */

import { Refusal, call } from "../modules/api.js";
import { begun, pending, remember } from "../modules/challenge.js";
import { codeStep } from "../modules/code-step.js";
import { dropToken, takeToken } from "../modules/link-token.js";
import { draw, drawAndFocus, firm, saying, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { goOn } from "../modules/session.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../vendor/lit.js";

const { token } = takeToken();
let isGone = !token;
let isBusy = false;
/** What went wrong. @type {(() => string) | undefined} */
let error;
/** Whether a code was asked for with it. */
const isByCode = () => pending("staff")?.from === "link";

const code = codeStep({ audience: "staff", askAgain: redeem, doubt: () => html`` });

async function open() {
  if (!token || isBusy) {
    return;
  }
  isBusy = true;
  error = undefined;
  draw();
  try {
    await redeem();
  } catch (refusal) {
    isBusy = false;
    isGone = refusal instanceof Refusal && refusal.name === "link-gone";
    error = isGone ? undefined : () => saying(refusal);
    drawAndFocus("h1");
  }
}

async function redeem() {
  const opened = await call("post", "/api/links/redemption", { body: { token: token ?? "" } });
  if (opened.next === "portal") {
    dropToken();
    goOn("staff");
    return;
  }
  remember("staff", begun(opened, { from: "link", sentTo: opened.sent_to }));
  isBusy = false;
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
    <button type="button" aria-disabled=${isBusy} @click=${open}>${isBusy ? words.oneMoment : words.goOn}</button>
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

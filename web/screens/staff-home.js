/** Where staff arrive: the ways on, who they are here, and the way out. */

import { draw, fail, session, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { signOut } from "../modules/session.js";
import { staffMenu } from "../modules/staff-menu.js";
import { staffWords } from "../modules/staff-words.js";
import { words } from "../modules/words.js";
import { html } from "../vendor/lit.js";

let isLeaving = false;

async function leave() {
  if (isLeaving) {
    return;
  }
  isLeaving = true;
  draw();
  await signOut("staff").catch(fail);
}

function view() {
  const texts = staffWords();
  const { staff } = session();
  return html`
    <h1>${texts.staffTitle}</h1>
    <ul class="rows">
      <li>
        <div class="what">
          <a class="target" href=${at("staff/contacts")}>${texts.contacts}</a>
          <p class="hint">${texts.contactsText}</p>
        </div>
      </li>
      <li>
        <div class="what">
          <a class="target" href=${at("staff/access-log")}>${texts.accessLog}</a>
          <p class="hint">${texts.accessLogText}</p>
        </div>
      </li>
    </ul>
    <section aria-labelledby="account">
      <h2 id="account">${words.accountTitle}</h2>
      <dl class="facts">
        <dt>${words.signedInAs}</dt>
        <dd>${staff?.name}<br />${staff?.email}</dd>
      </dl>
      <button type="button" class="second" @click=${leave}>${isLeaving ? words.oneMoment : words.signOut}</button>
    </section>
  `;
}

await start({ audience: "staff", session: "needed", title: () => staffWords().staffTitle, view, menu: staffMenu });

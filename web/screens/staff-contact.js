import { start } from "../modules/page.js";
import { staffMenu } from "../modules/staff-menu.js";
import { staffWords } from "../modules/staff-words.js";
import { html } from "../vendor/lit.js";

await start({
  audience: "staff",
  session: "needed",
  menu: staffMenu,
  title: () => staffWords().staffTitle,
  view: () => html`<h1>${staffWords().staffTitle}</h1>`,
});

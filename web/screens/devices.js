/** The browsers in which a client is signed in. */

import { clientMenu } from "../modules/client-menu.js";
import { devicesView } from "../modules/devices-view.js";
import { start } from "../modules/page.js";
import { words } from "../modules/words.js";

const devices = devicesView("client");

await start({ audience: "client", session: "needed", before: devices.load, title: () => words.devicesTitle, view: devices.view, menu: clientMenu });

/** The browsers in which a staff member is signed in. */

import { devicesView } from "../modules/devices-view.js";
import { start } from "../modules/page.js";
import { staffMenu } from "../modules/staff-menu.js";
import { words } from "../modules/words.js";

const devices = devicesView("staff");

await start({ audience: "staff", session: "needed", before: devices.load, title: () => words.devicesTitle, view: devices.view, menu: staffMenu });

// What the pages gain where scripts run. Every page works without this file.
import "./keys.js";
import "./travel.js";
import "./toast.js";
import "./menu.js";
import "./theme.js";
import "./audio.js";
import "./dock.js";
import "./plays.js";
import "./search.js";
import "./export.js";
import "./live.js";
import "./hits.js";
import "./histogram.js";

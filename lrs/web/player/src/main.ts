import "./style.css";
import { readLaunch } from "./launch.ts";
import { Player } from "./player.ts";
import { say, speak } from "./texts.ts";

// Content looks for its API upwards from its own window: the way ends here, and not in the app that may show this page
// in a frame, whose windows content of another origin must not touch.
const app = window.parent === window ? null : window.parent;
(window as { parent: Window }).parent = window;

const launch = readLaunch();
speak(launch?.language ?? navigator.language, launch?.preview);
if (launch) void new Player(launch, app).start();
else document.body.append(say("player-failed"));

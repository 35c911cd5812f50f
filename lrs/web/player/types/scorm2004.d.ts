// The module exports its API by name; its own types say that it is the default.
export { Scorm2004API } from "scorm-again";

// Packages of SCORM 2004: what comes next, the forms of values, and what SCOs share.

import { content, expect, hosted, person, speak, test } from "./hosting.js";

const exit = (page) => page.getByRole("button", { name: "Salva ed esci" });

const FLOW = `<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>`;
const WHEN_DONE = `<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule>
  <imsss:ruleConditions conditionCombination="any"><imsss:ruleCondition referencedObjective="prima" operator="not" condition="satisfied"/>
  <imsss:ruleCondition referencedObjective="prima" operator="not" condition="objectiveStatusKnown"/></imsss:ruleConditions>
  <imsss:ruleAction action="disabled"/></imsss:preConditionRule></imsss:sequencingRules>
  <imsss:objectives><imsss:primaryObjective/><imsss:objective objectiveID="prima">
  <imsss:mapInfo targetObjectiveID="urn:prima" readSatisfiedStatus="true"/></imsss:objective></imsss:objectives></imsss:sequencing>`;
const WRITES = `<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="propria">
  <imsss:mapInfo targetObjectiveID="urn:prima" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives>
  <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing>`;

test("sequencing of SCORM 2004 decides what comes next, also after the tab was closed", async ({ context, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: WRITES }, { item: WHEN_DONE }], FLOW));
  const { url } = await hosting.launch("corso");
  const tab = await context.newPage();
  await tab.goto(url);
  await speak(await content(tab, 1), [["Initialize", ""], ["SetValue", "cmi.exit", "suspend"], ["Commit", ""]]);
  await tab.close({ runBeforeUnload: true });
  await hosting.heard("suspended");
  const page = await context.newPage();
  await page.goto(url);
  const frame = await content(page, 1);
  const next = page.getByRole("button", { name: "Successiva" });
  await speak(frame, [["Initialize", ""], ["SetValue", "cmi.success_status", "failed"], ["Commit", ""]]);
  await expect(next).toBeDisabled();
  await speak(frame, [["SetValue", "cmi.success_status", "passed"], ["SetValue", "cmi.completion_status", "completed"], ["Commit", ""]]);
  await expect(next).toBeEnabled();
  await next.click();
  const second = await content(page, 2);
  await speak(second, [["Initialize", ""], ["SetValue", "adl.nav.request", "previous"], ["Terminate", ""]]);
  await content(page, 1);
});

const LEAVES = `<imsss:sequencing><imsss:sequencingRules><imsss:postConditionRule><imsss:ruleConditions>
  <imsss:ruleCondition condition="always"/></imsss:ruleConditions><imsss:ruleAction action="exitParent"/>
  </imsss:postConditionRule></imsss:sequencingRules></imsss:sequencing>`;

test("a rule by which the whole package exits ends the attempt's session", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: LEAVES }, {}], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page, 1);
  await speak(frame, [["Initialize", ""], ["SetValue", "adl.nav.request", "continue"], ["Terminate", ""]]);
  await expect(page.getByText("Puoi chiudere questa pagina")).toBeVisible();
});

test("between parts that do not flow there is nothing to ask for, and the learner chooses", async ({ page, hosting }) => {
  const chosen = '<imsss:sequencing><imsss:controlMode choice="true"/></imsss:sequencing>';
  await hosting.import("corso", hosted("2004 4th Edition", [{}, {}], chosen));
  await page.goto((await hosting.launch("corso")).url);
  const asked = [["Initialize", ""], ["GetValue", "adl.nav.request_valid.continue"], ["Terminate", ""]];
  expect(await speak(await content(page, 1), asked)).toEqual(["true", "false", "true"]);
  await page.getByRole("button", { name: /^Parte 2/ }).click();
  await content(page, 2);
});

test("the next attempt knows the objectives that the package keeps for good", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: WRITES }, { item: WHEN_DONE }], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page, 1);
  await speak(frame, [["Initialize", ""], ["SetValue", "cmi.success_status", "passed"], ["SetValue", "cmi.completion_status", "completed"]]);
  await exit(page).click();
  await expect(page.getByText("Puoi chiudere questa pagina")).toBeVisible();
  await page.goto((await hosting.launch("corso", { actor: person("anna"), attempt: "new" })).url);
  await content(page, 1);
  await expect(page.getByRole("button", { name: /^Parte 2/ }), "its condition was met before").toHaveAttribute("aria-disabled", "false");
});

test("nothing is read or written of a data model as a whole", async ({ page, context, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition"));
  await page.goto((await hosting.launch("corso")).url);
  const calls = [["Initialize", ""], ["SetValue", "cmi", "niente"], ["GetLastError"], ["GetValue", "cmi"], ["GetLastError"]];
  const more = [["SetValue", "cmi.location", "3"], ["GetLastError"], ["GetValue", "cmi.location"], ["Terminate", ""]];
  const answers = ["true", "false", "401", "", "401", "true", "0", "3", "true"];
  expect(await speak(await content(page), [...calls, ...more])).toEqual(answers);
});

/** An interaction, and what the standard lets its values be: `[element behind it, value, error]`. */
const interaction = (n, type, ...values) => {
  const of = `cmi.interactions.${n}`;
  return [[`${of}.id`, `i${n}`, 0], [`${of}.type`, type, 0], ...values.map(([name, ...rest]) => [`${of}.${name}`, ...rest])];
};

const VALUES = [
  ["cmi.interactions.0.result", "correct", 408],
  ["cmi.interactions.1.id", "i", 351],
  ...interaction(
    0,
    "fill-in",
    ["correct_responses.0.pattern", "{order_matters=invalid}a", 406],
    ["correct_responses.0.pattern", "{case_matters=true}{lang=en}a[,]a[,]", 0],
    ["correct_responses.1.pattern", "", 0],
    ["learner_response", "{lang=frl}a", 406],
    ["learner_response", "{a}", 0],
    ["timestamp", "2026-04-01T09:45:58.025", 406],
    ["timestamp", "2039", 406],
    ["timestamp", "2026-04-01T09:45:58.02", 0],
    ["latency", "P1Y6MT", 406],
    ["latency", "P1Y4H", 406],
    ["latency", "PT4H", 0],
    ["id", "altro", 0],
  ),
  ...interaction(1, "matching", ["correct_responses.0.pattern", "a[.]", 406], ["correct_responses.0.pattern", "a[.]b[,]a[.]b", 0]),
  ...interaction(2, "numeric", ["correct_responses.0.pattern", "300[:]1.5", 406], ["correct_responses.0.pattern", "1[:]2", 0]),
  ...interaction(3, "long-fill-in", ["correct_responses.0.pattern", "{case_matters=false}", 0]),
  ["cmi.comments_from_learner.0.location", "", 0],
  ["cmi.learner_preference.language", "", 0],
  ["cmi.learner_preference.delivery_speed", "0", 0],
];

test("values of SCORM 2004 have the forms of the standard, also in the next session", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition"));
  const { url } = await hosting.launch("corso");
  await page.goto(url);
  const calls = VALUES.flatMap(([element, value]) => [["SetValue", element, value], ["GetLastError"]]);
  const answers = VALUES.flatMap(([, , error]) => [String(error === 0), String(error)]);
  const said = await speak(await content(page), [["Initialize", ""], ...calls, ["SetValue", "cmi.exit", "suspend"], ["Terminate", ""]]);
  expect(said).toEqual(["true", ...answers, "true", "true"]);
  await hosting.heard("suspended");
  await page.goto("about:blank");
  await page.goto(url);
  const kept = [
    ["cmi.interactions.0.id", "altro"],
    ["cmi.interactions.0.learner_response", "{a}"],
    ["cmi.interactions.0.correct_responses.0.pattern", "{case_matters=true}{lang=en}a[,]a[,]"],
    ["cmi.interactions.0.correct_responses.1.pattern", ""],
    ["cmi.interactions.1.correct_responses.0.pattern", "a[.]b[,]a[.]b"],
    ["cmi.interactions.3.correct_responses.0.pattern", "{case_matters=false}"],
  ];
  const asked = kept.flatMap(([element]) => [["GetValue", element], ["GetLastError"]]);
  const found = await speak(await content(page), [["Initialize", ""], ...asked]);
  expect(found).toEqual(["true", ...kept.flatMap(([, value]) => [value, "0"])]);
});

const SHARES = '<adlcp:data><adlcp:map targetID="urn:corso:quaderno" readSharedData="true" writeSharedData="true"/></adlcp:data>';

test("what SCOs share is there in the next session", async ({ page, context, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: SHARES }]));
  await page.goto((await hosting.launch("corso")).url);
  const calls = [["Initialize", ""], ["GetValue", "adl.data.0.id"], ["SetValue", "adl.data.0.store", "appunti"], ["Commit", ""]];
  // A reload at once would ask for the state before the beacon with it has arrived.
  const isKept = page.waitForResponse((response) => response.request().postData()?.includes("appunti") ?? false);
  expect(await speak(await content(page), calls)).toEqual(["true", "urn:corso:quaderno", "true", "true"]);
  await isKept;
  await page.reload();
  const found = [["Initialize", ""], ["GetValue", "adl.data.0.store"], ["Terminate", ""]];
  expect(await speak(await content(page), found)).toEqual(["true", "appunti", "true"]);
  await expect(page.getByRole("status")).toContainText("Questa parte è salvata");
  context.expected(/400/);
});

// Rules of SCORM 2004's sequencing, as a learner meets them. ADL's cases say what comes of them (CO-02a, CM-09bb, SX-04a, OB-14b, CM-06).

import { content, expect, hosted, leaving, person, speak, test } from "./hosting.js";

const FLOW = `<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>`;
const next = (page) => page.getByRole("button", { name: "Successiva" });
const previous = (page) => page.getByRole("button", { name: "Precedente" });

/** A pre- or postcondition rule of one condition. */
const rule = (kind, condition, action) => `<imsss:sequencingRules><imsss:${kind}ConditionRule><imsss:ruleConditions>
  <imsss:ruleCondition condition="${condition}"/></imsss:ruleConditions><imsss:ruleAction action="${action}"/>
  </imsss:${kind}ConditionRule></imsss:sequencingRules>`;

const MAP = (writes) => `<imsss:objectives><imsss:primaryObjective objectiveID="propria"/></imsss:objectives>
  <adlseq:objectives xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"><adlseq:objective objectiveID="propria">
  <adlseq:mapInfo targetObjectiveID="urn:progresso" ${writes}/></adlseq:objective></adlseq:objectives>`;
const TELLS = `<imsss:sequencing>${MAP('writeProgressMeasure="true"')}</imsss:sequencing>`;
const IF_HALF = `<imsss:sequencing>${rule("pre", "completed", "skip")}${MAP("")}</imsss:sequencing>
  <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.5"/>`;

test("a part that the progress in another one completes is skipped", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: TELLS }, { item: IF_HALF }, {}], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const calls = [["Initialize", ""], ["SetValue", "cmi.progress_measure", "0.6"], ["SetValue", "adl.nav.request", "continue"], ["Terminate", ""]];
  await speak(await content(page, 1), calls);
  await content(page, 3);
});

test("what the learner asks for comes before what a SCO asks for as its page is left", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{}, {}], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page, 1);
  await speak(frame, [["Initialize", ""]]);
  await leaving(frame, [["SetValue", "adl.nav.request", "exitAll"], ["Terminate", ""]]);
  await next(page).click();
  await content(page, 2);
});

const NEVER_CHOSEN = `<imsss:sequencing>${rule("pre", "always", "hiddenFromChoice")}</imsss:sequencing>`;

test("an index of which every part is hidden is not shown as an empty column", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: NEVER_CHOSEN }, { item: NEVER_CHOSEN }], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  await content(page, 1);
  await expect(page.getByRole("navigation", { name: "Indice" })).toBeHidden();
  await expect(page.getByRole("button", { name: /indice$/ })).toBeHidden();
  await next(page).click();
  await content(page, 2);
});

const WHEN_SATISFIED = `<imsss:sequencing>${rule("pre", "satisfied", "disabled")}</imsss:sequencing>`;

test("what a SCO has said of itself and abandoned does not count", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: WHEN_SATISFIED }, {}], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const calls = [["Initialize", ""], ["SetValue", "cmi.success_status", "passed"], ["SetValue", "adl.nav.request", "abandon"], ["Terminate", ""]];
  await speak(await content(page, 1), calls);
  await expect(page.getByRole("button", { name: /^Parte 1/ }), "the rule does not lock it").toHaveAttribute("aria-disabled", "false");
});

for (const [exit, found] of [
  ["suspend", ["true", "resume", "pagina 7"]],
  ["normal", ["true", "ab-initio", ""]],
]) {
  test(`a part that was left with ${exit} is found so`, async ({ page, hosting }) => {
    await hosting.import("corso", hosted("2004 4th Edition", [{}, {}], FLOW));
    await page.goto((await hosting.launch("corso")).url);
    const leave = [["SetValue", "cmi.exit", exit], ["SetValue", "adl.nav.request", "continue"], ["Terminate", ""]];
    await speak(await content(page, 1), [["Initialize", ""], ["SetValue", "cmi.location", "pagina 7"], ...leave]);
    await content(page, 2);
    await previous(page).click();
    const calls = [["Initialize", ""], ["GetValue", "cmi.entry"], ["GetValue", "cmi.location"]];
    expect(await speak(await content(page, 1), calls)).toEqual(found);
  });
}

const AGAIN = `<imsss:sequencing>${rule("post", "activityProgressKnown", "retry")}</imsss:sequencing>`;

test("a part that says itself that it does not know whether it is completed is not completed for it", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition", [{ item: AGAIN }, {}], FLOW));
  await page.goto((await hosting.launch("corso")).url);
  const calls = [["Initialize", ""], ["SetValue", "cmi.completion_status", "unknown"], ["SetValue", "adl.nav.request", "continue"], ["Terminate", ""]];
  await speak(await content(page, 1), calls);
  await content(page, 2);
});

const SHARES = '<adlcp:data><adlcp:map targetID="urn:corso:quaderno"/></adlcp:data>';
const WITHIN = [["Initialize", ""], ["GetValue", "adl.data.0.store"], ["GetLastError"]];

for (const [kept, found] of [
  ["", ["true", "appunti", "0"]],
  [' adlcp:sharedDataGlobalToSystem="false"', ["true", "", "403"]],
]) {
  test(`what SCOs share is ${found[1] ? "" : "not "}there in the next attempt${kept}`, async ({ page, hosting }) => {
    const manifest = (text) => text.replace('organization identifier="O"', `organization identifier="O"${kept}`);
    await hosting.import("corso", hosted("2004 4th Edition", [{ item: SHARES }], "", manifest));
    await page.goto((await hosting.launch("corso")).url);
    const calls = [["Initialize", ""], ["SetValue", "adl.data.0.store", "appunti"], ["SetValue", "adl.nav.request", "exitAll"], ["Terminate", ""]];
    await speak(await content(page), calls);
    await expect(page.getByText("Puoi chiudere questa pagina")).toBeVisible();
    await page.goto((await hosting.launch("corso", { actor: person("anna"), attempt: "new" })).url);
    expect(await speak(await content(page), WITHIN)).toEqual(found);
  });
}

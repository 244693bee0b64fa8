// Questions above the page; what lies beneath stays as it is.

import { Problem, session } from "./api.js";
import { button, field, form, h } from "./dom.js";
import { say } from "./phrases.js";

/** Shows a dialog and resolves with what `close` was called with, or null where it was dismissed. */
export function dialog(title, fill, attributes = {}) {
  return new Promise((resolve) => {
    let value = null;
    const element = h("dialog", { "aria-label": title, ...attributes });
    const close = (chosen = null) => {
      value = chosen;
      element.close();
    };
    element.addEventListener("close", () => {
      element.remove();
      resolve(value);
    });
    element.append(h("h2", {}, title), ...[fill(close)].flat());
    document.body.append(element);
    element.showModal();
  });
}

/** One of several answers, each a button. */
export function choose(title, content, answers) {
  return dialog(
    title,
    (close) => [
      ...[content].flat(),
      h("p", { class: "buttons" }, answers.map(([label, value, look]) => button(label, () => close(value), { class: look ?? "" }))),
    ],
  );
}

export async function sure(question, answer) {
  return (await choose(question, [], [[say("close"), null], [answer, "yes", "danger"]])) === "yes";
}

/** Asks for the password that a step needs, and takes the step; resolves with its answer, or null when dismissed. */
export async function steppedUp(step) {
  try {
    return await step({});
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "step_up_required") throw error;
  }
  return dialog(say("step_up"), (close) => {
    const password = field(say("password"), h("input", { type: "password", autocomplete: "current-password", required: true }));
    const confirm = async () => {
      try {
        close(await step({ password: password.control.value }));
      } catch (error) {
        password.wrong(error.message);
      }
    };
    return [form(say("step_up"), confirm, password.element), button(say("close"), () => close())];
  });
}

/** The log-in, as a form that calls `entered` when somebody is in. */
export function logInForm(entered) {
  const login = field(say("login"), h("input", { name: "username", autocomplete: "username", required: true, autocapitalize: "none" }));
  const password = field(say("password"), h("input", { type: "password", name: "password", autocomplete: "current-password", required: true }));
  const totp = field(say("totp"), h("input", { name: "totp", autocomplete: "one-time-code" }));
  totp.element.hidden = true;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const submit = async () => {
    wrong.textContent = "";
    login.wrong("");
    password.wrong("");
    try {
      await session.enter(login.control.value.trim(), password.control.value, totp.control.value.trim());
      entered();
    } catch (error) {
      const { "/login": ofLogin, "/password": ofPassword } = error.fields ?? {};
      login.wrong(ofLogin);
      password.wrong(ofPassword);
      if (!ofLogin && !ofPassword) wrong.textContent = error.message;
      if (!["totp_required", "totp_invalid"].includes(error.code)) return;
      totp.element.hidden = false;
      totp.control.focus();
    }
  };
  return form(say("log_in"), submit, login.element, password.element, totp.element, wrong);
}

/** Over what is being written, when the session has ended in the meantime. */
export function logInAgain() {
  return dialog(say("log_in"), (close) => [h("p", {}, say("log_in_again")), logInForm(() => close("in"))], {
    oncancel: (event) => event.preventDefault(),
  });
}

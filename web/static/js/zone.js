// The zone of this browser: told at sign-in, and offered on a person's own page.
import { enhance } from "./page.js";

function here() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  } catch {
    return "";
  }
}

enhance("form input[type=hidden][name=zone]", (field) => { field.value = here(); });

enhance("input[data-zone]", (field) => {
  const zone = here();
  const hint = document.getElementById(field.dataset.zone);
  if (!zone || !hint || field.value === zone || (zone === "UTC" && !field.value)) return;
  const take = document.createElement("button");
  take.type = "button";
  take.className = "quiet";
  take.textContent = `Use this browser’s: ${zone}`;
  take.addEventListener("click", () => {
    field.value = zone;
    take.remove();
    field.focus();
  });
  hint.append(" ", take);
});

// Copy buttons beside addresses. Pages work without this script: the address selects whole with one click.
const french = document.documentElement.lang !== "en";
const words = french ? { copy: "Copier", done: "Copié" } : { copy: "Copy", done: "Copied" };

for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  button.textContent = words.copy;
  const status = document.createElement("span");
  status.className = "hidden";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place.querySelector("code").textContent);
    button.textContent = status.textContent = words.done;
    setTimeout(() => { button.textContent = words.copy; status.textContent = ""; }, 2000);
  });
  place.append(button, status);
}

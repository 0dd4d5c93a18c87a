// A device shows a passkey, or makes one; what it says goes into the form, which sends it.
for (const button of document.querySelectorAll("[data-passkey]")) {
  const { form, dataset } = button;
  const does = dataset.passkey;
  const read = does === "get" ? "parseRequestOptionsFromJSON" : "parseCreationOptionsFromJSON";
  if (!window.PublicKeyCredential?.[read]) continue;
  form.hidden = false;
  const status = form.querySelector("[role=status]");
  const ask = async () => {
    const answer = await fetch(dataset.ask, { method: "POST" });
    const said = await answer.json();
    if (answer.ok) return said;
    throw Object.assign(new Error(), { said: said.detail });
  };
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    button.disabled = true;
    status.textContent = "";
    try {
      const options = dataset.options ? JSON.parse(dataset.options) : await ask();
      const made = await navigator.credentials[does]({ publicKey: PublicKeyCredential[read](options) });
      form.elements.credential.value = JSON.stringify(made);
      form.requestSubmit();
    } catch (error) {
      status.textContent = error.said ?? status.dataset[error.name.toLowerCase()] ?? status.dataset.other;
      button.disabled = false;
    }
  });
}

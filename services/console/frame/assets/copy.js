// What is shown once is copied as a whole.
for (const button of document.querySelectorAll("[data-copy]")) {
  const whole = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  whole.addEventListener("focus", () => whole.select());
  button.addEventListener("click", async () => {
    whole.select();
    await navigator.clipboard.writeText(whole.value);
    button.textContent = button.dataset.copied;
  });
}

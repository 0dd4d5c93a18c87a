// Where the browser is: proposed for the time zone of a new organization.
for (const zone of document.querySelectorAll("[data-zone]")) {
  if (!zone.value || zone.value === "UTC") zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}

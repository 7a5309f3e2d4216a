import { onScopeDispose, ref } from "vue";

/** True where list and detail stand side by side. */
export function useWide() {
  const query = window.matchMedia("(min-width: 1024px)");
  const wide = ref(query.matches);
  const update = () => (wide.value = query.matches);
  query.addEventListener("change", update);
  onScopeDispose(() => query.removeEventListener("change", update));
  return wide;
}

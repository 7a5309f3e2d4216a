import { type InjectionKey, type Ref, type ShallowRef, inject, onBeforeUnmount, onMounted, provide, readonly, shallowRef } from "vue";

/** A part of a long page that can be jumped to. */
export interface Part {
  title: () => string;
  element: HTMLDetailsElement;
}

interface Parts {
  add: (part: Part) => void;
  remove: (part: Part) => void;
}

const key: InjectionKey<Parts> = Symbol("parts");

const inOrder = (a: Part, b: Part) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);

/** The parts below this component as they stand on the page, for a list of jumps. */
export function useParts(): Readonly<ShallowRef<readonly Part[]>> {
  const parts = shallowRef<readonly Part[]>([]);
  provide(key, {
    add: (part) => (parts.value = [...parts.value, part].sort(inOrder)),
    remove: (part) => (parts.value = parts.value.filter((one) => one !== part)),
  });
  return readonly(parts) as Readonly<ShallowRef<readonly Part[]>>;
}

/** Makes a part known to the page it stands on, if that page lists its parts. */
export function usePart(title: () => string, element: Readonly<Ref<HTMLDetailsElement | null>>): void {
  const page = inject(key, undefined);
  let mine: Part | undefined;
  onMounted(() => {
    if (page && element.value) page.add((mine = { title, element: element.value }));
  });
  onBeforeUnmount(() => mine && page?.remove(mine));
}

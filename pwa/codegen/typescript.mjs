/** Turns schema types and operations into TypeScript. Handles object types only: the schema has no unions. */
import {
  getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType, isScalarType,
  isRequiredInputField, typeFromAST,
} from "graphql";

const scalars = {
  ID: "string", String: "string", Int: "number", Float: "number", Boolean: "boolean",
  DateTime: "string", Date: "string", JSON: "Json",
};

const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);
const plural = (name) => (name.endsWith("y") ? `${name.slice(0, -1)}ies` : /(s|x)$/.test(name) ? `${name}es` : `${name}s`);

function scalarName(type) {
  const found = scalars[type.name];
  if (!found) throw new Error(`no TypeScript type is known for the scalar ${type.name}`);
  return found;
}

/** Wraps the named type's text according to lists and nullability. */
function wrap(type, named) {
  if (isNonNullType(type)) return wrapNonNull(type.ofType, named);
  return `${wrapNonNull(type, named)} | null`;
}

function wrapNonNull(type, named) {
  if (!isListType(type)) return named;
  const item = wrap(type.ofType, named);
  return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
}

export function enumText(type) {
  const values = type.getValues().map((value) => `"${value.name}"`).join(", ");
  const list = plural(lowerFirst(type.name));
  return `export const ${list} = [${values}] as const;\nexport type ${type.name} = (typeof ${list})[number];`;
}

export function inputText(type) {
  const fields = Object.values(type.getFields()).map((field) => {
    const mark = isRequiredInputField(field) ? "" : "?";
    return `  ${field.name}${mark}: ${wrap(field.type, inputName(getNamedType(field.type)))};`;
  });
  return `export interface ${type.name} {\n${fields.join("\n")}\n}`;
}

function inputName(type) {
  return isScalarType(type) ? scalarName(type) : type.name;
}

export function variablesText(schema, operation) {
  const parts = (operation.variableDefinitions ?? []).map((definition) => {
    const type = typeFromAST(schema, definition.type);
    const optional = !isNonNullType(type) || definition.defaultValue;
    return `${definition.variable.name.value}${optional ? "?" : ""}: ${wrap(type, inputName(getNamedType(type)))}`;
  });
  return parts.length ? `{ ${parts.join("; ")} }` : "Record<string, never>";
}

export function selectionText(parent, selectionSet, used, depth = 0) {
  const pad = "  ".repeat(depth + 1);
  const own = [];
  const spreads = [];
  for (const selection of selectionSet.selections) {
    if (selection.kind === "FragmentSpread") {
      spreads.push(selection.name.value);
      used.fragments.add(selection.name.value);
    } else if (selection.kind === "Field") {
      own.push(`${pad}${fieldText(parent, selection, used, depth)};`);
    } else {
      throw new Error("inline fragments are not supported");
    }
  }
  const object = own.length ? [`{\n${own.join("\n")}\n${"  ".repeat(depth)}}`] : [];
  return [...spreads, ...object].join(" & ");
}

function fieldText(parent, selection, used, depth) {
  const key = selection.alias?.value ?? selection.name.value;
  const field = parent.getFields()[selection.name.value];
  const named = getNamedType(field.type);
  if (isObjectType(named)) return `${key}: ${wrap(field.type, group(selectionText(named, selection.selectionSet, used, depth + 1)))}`;
  if (isEnumType(named)) used.types.add(named.name);
  const text = isEnumType(named) ? named.name : scalarName(named);
  if (text === "Json") used.types.add("Json");
  return `${key}: ${wrap(field.type, text)}`;
}

const group = (text) => (text.includes(" & ") ? `(${text})` : text);

export { isEnumType, isInputObjectType };

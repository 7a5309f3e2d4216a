import type { AppManifest } from "@/kernel/manifest";
import { mediation } from "@/apps/mediation";
import { rehab } from "@/apps/rehab";
import { reunion } from "@/apps/reunion";

/** The product's table of contents. */
export const installed: readonly AppManifest[] = [mediation, rehab, reunion];

declare module "virtual:texts" {
  const texts: Record<"it" | "en", string>;
  export default texts;
}

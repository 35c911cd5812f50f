declare module 'virtual:texts/it' {
  const text: string;
  export default text;
}
declare module 'virtual:texts/en' {
  const text: string;
  export default text;
}

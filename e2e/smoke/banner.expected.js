/* naïve 👩‍🚀 */
export const answer=42;console.log(42);

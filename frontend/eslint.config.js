import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

export default ts.config(
	...ts.configs.recommended,
	...vue.configs["flat/recommended"],
	{
		files: ["**/*.vue"],
		languageOptions: { parserOptions: { parser: ts.parser } },
	},
	{
		rules: {
			// Layout is prettier's
			"vue/html-indent": "off",
			"vue/max-attributes-per-line": "off",
			"vue/singleline-html-element-content-newline": "off",
			"vue/multiline-html-element-content-newline": "off",
			"vue/html-self-closing": "off",
			"vue/html-closing-bracket-newline": "off",
			"vue/first-attribute-linebreak": "off",
			"vue/multi-word-component-names": "off",
			"vue/require-default-prop": "off",
			"vue/attributes-order": "off",
			"no-console": "error",
		},
	}
);
